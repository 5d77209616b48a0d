// CopilotKit's aimock as the provider of every dialect that it speaks: an upstream nobody here
// wrote, beside the recorded shapes of tests/matrix. Official clients in front, the binary between.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { LLMock } from '@copilotkit/aimock';

import { Gateway } from '../support/gateway.mjs';
import { clients } from './clients.mjs';

// Azure has the Responses API too, so its callers are passed through to that.
const azureClassic = /^\/openai\/(deployments\/gpt-4o\/chat\/completions|responses)\?api-version=/;
const azureV1 = /^\/openai\/v1\/(chat\/completions|responses)$/;

// `asked`: where aimock is to be asked for a whole and a streamed answer.
const upstreams = [
  { name: 'openai', vendor: 'openai', base: '/v1', model: 'gpt-4o',
    asked: [/^\/v1\/chat\/completions$/, /^\/v1\/chat\/completions$/] },
  { name: 'anthropic', vendor: 'anthropic', model: 'claude-sonnet-4-5',
    asked: [/^\/v1\/messages$/, /^\/v1\/messages$/] },
  { name: 'gemini', vendor: 'google', model: 'gemini-2.5-flash',
    asked: [/:generateContent$/, /:streamGenerateContent\?alt=sse$/] },
  { name: 'bedrock', vendor: 'bedrock', fields: { region: 'us-east-1' },
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', asked: [/\/converse$/, /\/converse-stream$/] },
  { name: 'azure', vendor: 'azure_openai', fields: { api_version: '2024-10-21' }, model: 'gpt-4o',
    asked: [azureClassic, azureClassic] },
  { name: 'azure-v1', vendor: 'azure_openai', model: 'gpt-4o',
    asked: [azureV1, azureV1] },
];

function script(mock) {
  mock.onMessage('Say hello', {
    content: 'Hello from the other side, in several pieces.',
    usage: { prompt_tokens: 31, completion_tokens: 9, input_tokens: 31, output_tokens: 9 },
  });
  mock.onMessage('Weather in Paris', {
    toolCalls: [{ id: 'call_paris', name: 'get_weather', arguments: '{"city":"Paris"}' }],
  });
  mock.onMessage('Offend me', {
    error: { message: 'This prompt is not to my taste.', type: 'invalid_request_error' }, status: 400,
  });
  mock.onMessage('Hurry', {
    error: { message: 'Slow down, please.', type: 'rate_limit_error' }, status: 429, retryAfter: 60,
  });
  mock.onMessage('Break off', { content: 'This answer has no end that anybody will ever see.' },
                 { chunkSize: 5, truncateAfterChunks: 4 });
}

describe('aimock behind the binary', () => {
  const mock = new LLMock({ port: 0 });
  let gateway;
  before(async () => {
    script(mock);
    await mock.start();
    gateway = await Gateway.start();
  });
  after(async () => {
    await gateway?.stop();
    await mock.stop();
  });

  const add = (upstream, name) =>
    gateway.manage('POST', '/providers', {
      verify: false, private: true, api_key: 'sk-1234567890', name, vendor: upstream.vendor,
      base_url: mock.url + (upstream.base ?? ''), ...upstream.fields,
    });
  const lastAsked = () => mock.getRequests().at(-1).path;

  for (const upstream of upstreams) {
    describe(upstream.name, () => {
      before(() => add(upstream, upstream.name));
      const model = `${upstream.name}/${upstream.model}`;

      for (const [surface, make] of Object.entries(clients)) {
        for (const [i, way] of ['whole', 'stream'].entries()) {
          const ask = (...asked) => make(gateway.ready)[way](...asked);

          it(`answers ${surface}, ${way}`, async () => {
            const answer = await ask(model, 'Say hello');
            assert.equal(answer.text, 'Hello from the other side, in several pieces.');
            assert.deepEqual(answer.calls, []);
            assert.equal(answer.output, 9);
            assert.match(lastAsked(), upstream.asked[i]);
          });

          it(`calls a tool for ${surface}, ${way}`, async () => {
            const answer = await ask(model, 'Weather in Paris', true);
            assert.deepEqual(answer.calls, [{ name: 'get_weather', args: { city: 'Paris' } }]);
          });

          it(`passes a refusal on to ${surface}, ${way}`, async () => {
            const error = await ask(model, 'Offend me').then(assert.fail, (e) => e);
            assert.equal(error.status, 400, error.stack);
            assert.match(error.message, /not to my taste/);
          });
        }

        it(`tells ${surface} of a stream that broke off`, async () => {
          const ask = make(gateway.ready).stream(model, 'Break off');
          const error = await ask.then(assert.fail, (e) => e);
          // aimock resets the connection; whether a first piece came through is up to the sockets.
          assert.match(error.message, /provider \w+ failed: /, error.stack);
        });

        it(`tells ${surface} to slow down`, async () => {
          const name = `${upstream.name}-slow-${surface}`;
          await add(upstream, name);
          const error = await make(gateway.ready).whole(`${name}/${upstream.model}`, 'Hurry')
            .then(assert.fail, (e) => e);
          assert.equal(error.status, 429, error.stack);
        });
      }
    });
  }
});
