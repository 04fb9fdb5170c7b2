import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fourOfSecret, namedForms, patternForms, secretText } from '../testing/secret-forms.ts';
import { RuleRedactor } from './rule-redactor.ts';
import { defaultRedactionRules } from './rules.ts';

const redactor = new RuleRedactor(defaultRedactionRules);
const forms = Object.entries({ ...namedForms, ...patternForms });

test.each(forms)('a secret in %s never shows, wherever the bytes were cut off', (_name, form) => {
  fc.assert(
    fc.property(secretText, fc.double({ min: 0, max: 1, noNaN: true }), (secret, part) => {
      const bytes = Buffer.from(form(secret));
      const cut = bytes.subarray(0, Math.ceil(bytes.length * part));
      expect(Buffer.from(redactor.body(cut)).toString()).not.toMatch(fourOfSecret);
      expect(redactor.text(cut.toString())).not.toMatch(fourOfSecret);
      const masked = Buffer.from(cut);
      redactor.mask(masked, 0, masked.length);
      expect(masked.toString()).not.toMatch(fourOfSecret);
    }),
  );
});

test.each(forms)('a secret in %s never shows in a header that is not secret', (_name, form) => {
  fc.assert(
    fc.property(secretText, fc.constantFrom('accept', 'server', 'x-page', 'content-type'), (secret, name) => {
      expect(redactor.headers(new Map([[name, form(secret)]])).get(name)).not.toMatch(fourOfSecret);
    }),
  );
});
