import { Secret } from '../../../../src/core/secret.js';
import { keysOfConfig } from '../../../../src/layers/wireguard/clients/kept-config.js';

it('finds the keys of a kept configuration, however it is spaced', () => {
  const text =
    '[Interface]\r\nPrivateKey=a+/b= # mine\r\n[Peer]\r\nPublicKey = c=\r\n presharedkey =  d=\r\n';
  const { privateKey, presharedKey } = keysOfConfig(new Secret(text));
  expect([privateKey?.reveal(), presharedKey?.reveal()]).toEqual(['a+/b=', 'd=']);
});

it('finds none in what was shown without its secrets', () => {
  expect(keysOfConfig(new Secret('[Interface]\n# PrivateKey: only the client has it\n'))).toEqual({});
});
