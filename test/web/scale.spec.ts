import { runsOf, spread, topOf } from '../../web/src/admin/charts/scale.policy';

describe('a chart', () => {
  it.each([
    [[0, null], 1],
    [[1], 1],
    [[3, 7], 10],
    [[0.04], 0.05],
    [[120, 90], 200],
    [[5_000], 5_000],
  ])('of %j goes from zero to %d', (values, top) => expect(topOf(values)).toBeCloseTo(top));

  it('draws no line over what is not known', () => {
    expect(runsOf([null, 1, 2, null, 0, null])).toEqual([
      { from: 1, values: [1, 2] },
      { from: 4, values: [0] },
    ]);
  });

  it('puts no name over another, and none below its foot', () => {
    expect(spread([10, 100], 16, 150)).toEqual([10, 100]);
    expect(spread([50, 50, 50], 16, 150)).toEqual([50, 66, 82]);
    expect(spread([150, 150, 140], 16, 150)).toEqual([134, 150, 118]);
  });
});
