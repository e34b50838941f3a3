import fc from 'fast-check';
import { cutOff, publicAccessOf, reachOf } from '../../../lib/estate/azure-estate';
import { linkStages } from '../../../lib/estate/azure-link';
import { publicAccessModes } from '../../../lib/estate/azure-settings';
import { callerNetworks } from '../../../lib/estate/hybrid-settings';
import { estateOf } from './synthesize';

/** Any estate, sensible or not: callers in any network, a link at any stage, callers given up or not. */
const estates = fc
  .record({
    stage: fc.constantFrom(...linkStages),
    privateEndpoint: fc.boolean(),
    publicAccess: fc.option(fc.constantFrom(...publicAccessModes), { nil: undefined }),
    networks: fc.array(fc.constantFrom(...callerNetworks), { maxLength: 4 }),
    givenUp: fc.subarray(['huntaze-azure-probe-role', 'ecsTaskRole-ai-summarizer-use1', 'role-0', 'role-1']),
  })
  .map(({ stage, privateEndpoint, publicAccess, networks, givenUp }) =>
    estateOf(
      { connectivity: { privateEndpoint, publicAccess, cutOffCallers: givenUp, link: { stage } } },
      { callers: networks.map((network, index) => ({ role: `role-${index}`, network })) },
    ),
  );

test('what nobody set never cuts off a caller that still gets through', () => {
  fc.assert(
    fc.property(estates, (estate) => {
      const { publicAccess, privateEndpoint, link } = estate.settings.connectivity;
      const mode = publicAccessOf(estate);
      if (publicAccess !== undefined) {
        expect(mode).toBe(publicAccess);
      } else if (mode === 'off') {
        expect(privateEndpoint && link.stage === 'verified').toBe(true);
        expect(cutOff(estate, 'off')).toEqual([]);
      } else {
        expect(mode).toBe('identity');
      }
    }),
  );
});

test('a wider mode never reaches fewer callers', () => {
  fc.assert(
    fc.property(estates, (estate) => {
      for (const caller of estate.callers) {
        const [open, listed, closed] = publicAccessModes.map((mode) => reachOf(caller, estate.settings, mode).reaches);
        expect(!closed || listed).toBe(true);
        expect(!listed || open).toBe(true);
      }
    }),
  );
});

test('a caller with no way to Entra reaches nothing, link or not', () => {
  fc.assert(
    fc.property(estates, fc.constantFrom(...publicAccessModes), (estate, mode) => {
      for (const caller of estate.callers.filter(({ network }) => network === 'private')) {
        expect(reachOf(caller, estate.settings, mode)).toMatchObject({
          reaches: false,
          why: expect.stringContaining('Entra'),
        });
      }
    }),
  );
});
