#!/usr/bin/env node
// npx runs a package's command with node alone, which reads no TypeScript.
// The AWS SDK says on every start when it will want a later Node.js: package.json says which one this project wants.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('tsx/cjs');
require('./estate.ts');
