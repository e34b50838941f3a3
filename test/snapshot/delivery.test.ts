import { deliveryTemplate } from '../support/delivery';
import { normalised } from '../support/normalise';

const template = deliveryTemplate();

test('huntaze-estate-delivery', () => {
  expect(Object.keys(template.Resources)).toHaveLength(12);
  expect(normalised(template)).toMatchSnapshot();
});
