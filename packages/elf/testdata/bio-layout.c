// SPDX-License-Identifier: Apache-2.0
/*
 * The accessors of a libcrypto around a `struct bio_st` of one branch: BRANCH 110, 111 or 300 as OpenSSL 1.1.0, 1.1.1
 * and 3.x have it (crypto/bio/bio_local.h), 999 with a second int before `ptr`. With PRINT it says what the compiler
 * made of it.
 */
#include <stddef.h>

struct method {
	int type;
	char *name;
};

struct bio {
#if BRANCH == 300
	void *libctx;
#endif
	const struct method *method;
	void *callback;
#if BRANCH != 110
	void *callback_ex;
#endif
	char *cb_arg;
	int init;
	int shutdown;
	int flags;
	int retry_reason;
	int num;
#if BRANCH == 999
	int other[3];
#endif
	void *ptr;
	struct bio *next_bio;
};

#ifdef PRINT
#include <stdio.h>
int main(void)
{
	printf("{\"methodOffsetBytes\":%zu,\"numOffsetBytes\":%zu}", offsetof(struct bio, method), offsetof(struct bio, num));
	return 0;
}
#else
int BIO_method_type(const struct bio *bio)
{
	return bio->method->type;
}

int BIO_get_retry_reason(struct bio *bio)
{
	return bio->retry_reason;
}

void *BIO_get_data(struct bio *bio)
{
	return bio->ptr;
}

struct bio *BIO_next(struct bio *bio)
{
	return bio ? bio->next_bio : NULL;
}
#endif
