import { bareAddress, familyOf, overlaps, spanOf } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { hooksOf } from './hooks.js';
import type { SeenForAdoption } from './question.js';

const SAVES = /^\s*SaveConfig\s*=\s*true\b/im;

/** Whether wg-quick writes the running state into the configuration when the interface goes down. */
export const savesConfig = ({ config }: SeenForAdoption['interface']): boolean =>
  SAVES.test(config?.text ?? '');

/** Base64; of the key that the interface uses, or would use when it comes up. */
export function usedKey({ live, config, ownKey }: SeenForAdoption['interface']): string | undefined {
  return live?.publicKey || config?.publicKey || ownKey;
}

/** What brings the interface up. */
export function madeBy({ interface: own, makers, setup }: SeenForAdoption, name: string): string {
  const [maker] = makers;
  if (maker !== undefined) return `${maker.kind} (${maker.where})`;
  const by = setup === undefined ? '' : `, set up by ${setup}`;
  if (own.config === undefined) return `a command by hand${by}; nothing makes it again at boot`;
  const { active, enabled } = own.unit;
  if (active && enabled) return `wg-quick@${name}${by}`;
  return `wg-quick${by}, ${active ? 'not at boot' : 'not under systemd'}`;
}

/** Whether the node gives packets that leave the tunnel another source, by a hook or by a rule that it has elsewhere. */
export function masquerades(
  { interface: own, sources }: SeenForAdoption,
  name: string,
  { ranges }: Network,
): boolean {
  const isHook = hooksOf(own.config?.text ?? '', name).some(({ purpose }) => purpose === 'masquerade');
  const isRule = sources.some((rule) => {
    if (/ -i |-m mark|! -s/.test(rule)) return false;
    const source = / -s (\S+)/.exec(rule)?.[1];
    return (
      source === undefined ||
      ranges.some((range) => familyOf(range) === familyOf(source) && overlaps(spanOf(range), spanOf(source)))
    );
  });
  return isHook || isRule;
}

/** Whether this session comes in through the interface. */
export function carriesSsh({ interface: { live }, ssh }: SeenForAdoption): boolean {
  return live !== undefined && ssh !== undefined && live.addresses.map(bareAddress).includes(ssh.server);
}
