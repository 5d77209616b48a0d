import { startPenstock } from './penstock.mjs';

const gateway = await startPenstock(process.env.PENSTOCK_BIN);
console.log(`gateway: ${gateway.proxyUrl}`);

const response = await fetch(`${gateway.proxyUrl}/v1/chat/completions`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${gateway.projectKey}`,
    'content-type': 'application/json',
  },
  body: JSON.stringify({
    model: '@default',
    messages: [{ role: 'user', content: 'Hello from Node' }],
  }),
});
const answer = await response.json();
console.log(`status:  ${response.status}, served by ${response.headers.get('x-modelux-model-used')}`);
console.log(`answer:  ${answer.choices?.[0].message.content}`);

await gateway.stop();
if (!response.ok || !answer.choices[0].message.content.includes('Hello from Node')) process.exit(1);
console.log('ok');
