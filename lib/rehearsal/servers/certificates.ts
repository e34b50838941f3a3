import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';

export interface Certificates {
  /** PEM file of the authority that signed the server's certificate. */
  readonly authorityFile: string;
  readonly authority: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const day = 24 * 60 * 60 * 1000;
const digitalSignature = { name: 'keyUsage', digitalSignature: true, keyEncipherment: true };

/** Makes an authority and a server certificate for `localhost`, valid for two days. */
export function makeCertificates(directory: string): Certificates {
  const path = (name: string) => join(directory, name);
  const authorityKeys = forge.pki.rsa.generateKeyPair(2048);
  const serverKeys = forge.pki.rsa.generateKeyPair(2048);
  const authority = certificate('Test authority', authorityKeys.publicKey, authorityKeys.privateKey, 'Test authority', [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const server = certificate('localhost', serverKeys.publicKey, authorityKeys.privateKey, 'Test authority', [
    { name: 'basicConstraints', cA: false, critical: true },
    digitalSignature,
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
  ]);
  writeFileSync(path('authority.pem'), authority);
  writeFileSync(path('server.pem'), server);
  // PostgreSQL refuses a key that others may read.
  writeFileSync(path('server.key'), forge.pki.privateKeyToPem(serverKeys.privateKey), { mode: 0o600 });
  return {
    authorityFile: path('authority.pem'),
    authority,
    certificateFile: path('server.pem'),
    keyFile: path('server.key'),
  };
}

function certificate(
  commonName: string,
  publicKey: forge.pki.PublicKey,
  signingKey: forge.pki.rsa.PrivateKey,
  issuer: string,
  extensions: object[],
): string {
  const made = forge.pki.createCertificate();
  made.publicKey = publicKey;
  // Positive, and different for every certificate: clients compare issuer and serial number.
  made.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  made.validity.notBefore = new Date(Date.now() - day);
  made.validity.notAfter = new Date(Date.now() + day);
  made.setSubject([{ name: 'commonName', value: commonName }]);
  made.setIssuer([{ name: 'commonName', value: issuer }]);
  made.setExtensions(extensions);
  made.sign(signingKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}
