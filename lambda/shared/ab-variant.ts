/** Cookie that keeps a visitor in the same variant. */
export const variantCookie = 'ab_variant';

/** Header that tells the origin the variant, and the origin-response function which cookie to set. */
export const variantHeader = 'X-AB-Variant';

const variants = ['A', 'B'] as const;
export type Variant = (typeof variants)[number];

export function isVariant(value: string | undefined): value is Variant {
  return variants.some((variant) => variant === value);
}
