import { rootCertificates } from 'node:tls';
import { trusting } from '../../src/visitor/certificate.js';

it('authorities are read once for all the connections that trust them', () => {
  const [first = '', second = ''] = rootCertificates;
  const own = [first];
  expect(trusting(own)).toBe(trusting(own));
  expect(trusting([second])).not.toBe(trusting(own));
});
