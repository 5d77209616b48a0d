// Google's client against the built-in provider, which speaks OpenAI's dialect.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ApiError, GoogleGenAI } from '@google/genai';

import { Gateway } from '../support/gateway.mjs';

describe('content with the Google client', () => {
  let gateway, client;
  const clientOf = (apiKey) =>
    new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.ready.proxy_url } });
  before(async () => {
    gateway = await Gateway.start();
    client = clientOf(gateway.ready.project_key);
  });
  after(() => gateway?.stop());

  const request = (more) => ({ model: 'demo/demo-chat', contents: 'Hello', ...more });

  it('generates text with usage', async () => {
    const answer = await client.models.generateContent(
      request({ config: { systemInstruction: 'Be brief.' } }));
    assert.match(answer.text, /Hello/);
    assert.equal(answer.candidates[0].finishReason, 'STOP');
    assert.ok(answer.usageMetadata.promptTokenCount > 0);
    assert.ok(answer.usageMetadata.candidatesTokenCount > 0);
  });

  it('streams to the same text', async () => {
    const whole = await client.models.generateContent(request());
    let text = '';
    for await (const chunk of await client.models.generateContentStream(request())) {
      text += chunk.text ?? '';
    }
    assert.equal(text, whole.text);
  });

  it('calls a function', async () => {
    const answer = await client.models.generateContent(request({
      config: {
        tools: [{ functionDeclarations: [{
          name: 'get_weather', description: 'The weather of a city',
          parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } },
                                  required: ['city'] },
        }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      },
    }));
    assert.equal(answer.functionCalls[0].name, 'get_weather');
    assert.equal(typeof answer.functionCalls[0].args.city, 'string');
  });

  it('counts tokens', async () => {
    const { totalTokens } = await client.models.countTokens(request());
    assert.ok(totalTokens > 0);
  });

  it('gets errors with their status', async () => {
    await assert.rejects(client.models.generateContent(request({ model: 'nobody/nothing' })),
                         (error) => error instanceof ApiError && error.status >= 400);
    await assert.rejects(clientOf('mlx_sk_nobody').models.generateContent(request()),
                         (error) => error instanceof ApiError && error.status === 401);
  });
});
