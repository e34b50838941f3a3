/**
 * CDKTF's rendering as HCL, with two things mended that are right in its JSON and refused in its HCL: it writes the name
 * of an attribute of the `terraform` block in place of its value, and quotes what must be a bare reference. The project
 * is archived, so neither is mended there (renderTerraform and renderAttributes in cdktf/lib/hcl/render.js).
 *
 * @throws Error when the rendering no longer has the form that is mended here
 */
export function mendedHcl(hcl: string, requiredVersion: string): string {
  const misplaced = /^ *0 = "required_version"$/m;
  if (!misplaced.test(hcl)) {
    throw new Error('CDKTF no longer misplaces required_version in HCL, got: no such line. Drop it from mendedHcl.');
  }
  return hcl
    .replace(misplaced, `  required_version = "${requiredVersion}"`)
    .replace(/replace_triggered_by = \[[^\]]*\]/g, (list) => list.replace(/"([\w.-]+)"/g, '$1'));
}
