/** In a script it stands for the address that the controller's logins come from. */
export const LOGIN = 'THE_LOGIN';

interface Step {
  readonly [key: string]: unknown;
}

export interface Playbook {
  readonly name: string;
  readonly phases: readonly [{ readonly name: string; readonly steps: readonly Step[] }];
}

export interface LockOut {
  readonly name: string;
  /** A sample has one case of each. */
  readonly kind: string;
  /** Which machines it needs; any by itself if left out. */
  readonly lane?: 'zone' | 'jump';
  /** sh that makes the state in which it begins; SSH works in it. */
  readonly before?: string;
  /** What the inventory says under `firewall`. */
  readonly firewall?: readonly object[];
  /** `firewall` if left out, which closes nodes. */
  readonly playbook?: Playbook;
  /** Whether the machine is logged into at its IPv6 address. */
  readonly overSix?: true;
  /** Refused for this reason before anything is touched; reverted by the guard; or made, with SSH kept open. */
  readonly ends: 'reverted' | 'kept' | RegExp;
}

export const playbookOf = (...steps: readonly Step[]): Playbook => ({
  name: 'cut',
  phases: [{ name: 'cut', steps }],
});

/** A script that somebody wrote, and that cuts SSH; it is on the first machine of a lane. */
export const scriptOf = (run: string): Playbook =>
  playbookOf({
    on: 'role:edge',
    script: { name: 'a bad change', check: 'test -e /run/lock-out', run: `touch /run/lock-out\n${run}` },
  });
