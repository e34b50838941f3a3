/**
 * A Lambda container in small: loads a bundle, tells how long that took, and answers one event after the other. Plain
 * JavaScript that loads nothing else, so that only the bundle is measured.
 */
'use strict';
const [, , modulePath, exported, functionName, timeoutSeconds] = process.argv;

let start = performance.now();
const handler = require(modulePath)[exported];
process.send({ loadMs: performance.now() - start });

let requests = 0;
process.on('message', async (event) => {
  requests += 1;
  start = performance.now();
  const end = start + Number(timeoutSeconds) * 1000;
  const context = {
    awsRequestId: `request-${process.pid}-${requests}`,
    functionName,
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:${process.env.AWS_ACCESS_KEY_ID}:function:${functionName}`,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(end - performance.now())),
  };
  try {
    const result = await handler(event, context);
    process.send({ tookMs: performance.now() - start, result });
  } catch (error) {
    process.send({ tookMs: performance.now() - start, error: error.message });
  }
});
process.on('disconnect', () => process.exit());
