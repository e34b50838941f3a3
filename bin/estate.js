#!/usr/bin/env node
// npx runs a package's command with node alone, which reads no TypeScript.
require('tsx/cjs');
require('./estate.ts');
