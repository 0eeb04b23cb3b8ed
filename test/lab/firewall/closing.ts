import { changesOf, ofType, type RunReport, stops } from '../support/bridgehead.js';

/** Closes the nodes, and then keeps out every new login, in one round. */
export const CUT = {
  name: 'cut',
  phases: [
    {
      name: 'firewall',
      steps: [
        { on: 'closed', firewall: {} },
        {
          on: 'closed',
          guard: true,
          script: {
            check: 'nft list chain inet bridgehead_firewall cut',
            run: "nft 'add chain inet bridgehead_firewall cut { type filter hook input priority -5; policy drop; }; add rule inet bridgehead_firewall cut ct state established accept'",
          },
        },
      ],
    },
  ],
};

/** Nothing else if it is right. */
export const outcome = (report: RunReport) => ({
  errors: ofType(report, 'run-ended').flatMap(({ errors }) => errors),
  stops: stops(report),
  exit: report.code,
});
export const RIGHT = { errors: [], stops: [], exit: 0 };

/** Whether a run was right, and had nothing to do. */
export function expectNothingDone(report: RunReport): void {
  expect(outcome(report)).toEqual(RIGHT);
  const planned = ofType(report, 'step-planned').flatMap(({ changes }) => changes);
  expect([planned, changesOf(report)]).toEqual([[], 0]);
}
