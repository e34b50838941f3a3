/** Names of properties whose literal value no comment on a pull request may show. */
const secretName =
  /password|passphrase|secretstring|secret_?key|secret_?value|auth_?token|api_?key|access_?key$|private_?key|shared_?key|client_?secret|connection_?string|credential/i;

/** Values that give themselves away: a password in an address, a private key, a key of an AWS user. */
const secretValue = /:\/\/[^/\s:@]+:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b/;

/** A reference that CloudFormation or Terraform resolves is no secret. */
const reference = /^\{\{resolve:|\$\{/;

const hidden = '(hidden)';

/** The value as a report may show it: secrets are replaced wherever they stand in it. */
export function withoutSecrets(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') {
    if (secretValue.test(value)) return hidden;
    return path.some((name) => secretName.test(name)) && !reference.test(value) && value !== '' ? hidden : value;
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, path));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      // What an intrinsic function is given is a name, not a secret.
      key === 'Ref' || key === 'Fn::GetAtt' || key === 'Fn::ImportValue'
        ? inner
        : withoutSecrets(inner, [...path, key]),
    ]),
  );
}
