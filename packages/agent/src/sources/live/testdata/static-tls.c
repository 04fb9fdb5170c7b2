// SPDX-License-Identifier: Apache-2.0
/*
 * TLS by a library that is part of the executable: a server and a client thread of one process, by the _ex functions.
 * `static-tls FOLDER` with key.pem and chain.pem in it; says `ready`, waits for a line, prints what it moved as JSON.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUESTIONS 7

static SSL_CTX *server_context;
static int listener;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_all(SSL *ssl, const char *text)
{
	size_t written = 0;
	if (SSL_write_ex(ssl, text, strlen(text), &written) != 1 || written != strlen(text))
		fail("SSL_write_ex");
}

static size_t read_some(SSL *ssl, char *into, size_t room)
{
	size_t count = 0;
	if (SSL_read_ex(ssl, into, room, &count) != 1)
		fail("SSL_read_ex");
	return count;
}

static void *serve(void *unused)
{
	char question[64], answer[128];
	SSL *ssl = SSL_new(server_context);
	SSL_set_fd(ssl, accept(listener, NULL, NULL));
	if (SSL_accept(ssl) != 1)
		fail("SSL_accept");
	for (int n = 0; n < QUESTIONS; n++) {
		question[read_some(ssl, question, sizeof(question) - 1)] = 0;
		snprintf(answer, sizeof(answer), "answer to %s", question);
		write_all(ssl, answer);
	}
	int fd = SSL_get_fd(ssl);
	SSL_free(ssl);
	close(fd);
	return unused;
}

static void ask(struct sockaddr_in *server)
{
	struct sockaddr_in own;
	socklen_t length = sizeof(own);
	char question[32], answer[128], sent[512] = "", received[1024] = "";
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)server, sizeof(*server)) != 0)
		fail("connect");
	getsockname(fd, (struct sockaddr *)&own, &length);
	SSL *ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1)
		fail("SSL_connect");
	for (int n = 0; n < QUESTIONS; n++) {
		snprintf(question, sizeof(question), "question %d", n);
		write_all(ssl, question);
		strcat(sent, question);
		answer[read_some(ssl, answer, sizeof(answer) - 1)] = 0;
		strcat(received, answer);
	}
	SSL_free(ssl);
	close(fd);
	printf("[{\"scenario\":\"static\",\"localPort\":%d,\"remotePort\":%d,\"sent\":\"%s\",\"received\":\"%s\"}]\n",
	       ntohs(own.sin_port), ntohs(server->sin_port), sent, received);
}

int main(int count, char **words)
{
	char path[512];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	pthread_t thread;
	if (count < 2)
		fail("usage: static-tls FOLDER");
	setvbuf(stdout, NULL, _IOLBF, 0);
	server_context = SSL_CTX_new(TLS_server_method());
	snprintf(path, sizeof(path), "%s/chain.pem", words[1]);
	if (SSL_CTX_use_certificate_chain_file(server_context, path) != 1)
		fail(path);
	snprintf(path, sizeof(path), "%s/key.pem", words[1]);
	if (SSL_CTX_use_PrivateKey_file(server_context, path, SSL_FILETYPE_PEM) != 1)
		fail(path);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1) != 0)
		fail("listen");
	getsockname(listener, (struct sockaddr *)&address, &length);
	puts("ready");
	getchar();
	pthread_create(&thread, NULL, serve, NULL);
	ask(&address);
	pthread_join(thread, NULL);
	getchar();
	return 0;
}
