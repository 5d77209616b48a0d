// Vercel's AI SDK with its OpenAI and Anthropic providers, against the built-in provider.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, streamText, tool } from 'ai';

import { Gateway } from '../support/gateway.mjs';

const weather = tool({
  description: 'The weather of a city',
  inputSchema: jsonSchema({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  }),
});

const providers = {
  OpenAI: ({ proxy_url, project_key }) =>
    createOpenAI({ baseURL: `${proxy_url}/v1`, apiKey: project_key }).chat('@default'),
  Anthropic: ({ proxy_url, project_key }) =>
    createAnthropic({ baseURL: `${proxy_url}/anthropic/v1`, apiKey: project_key })('@default'),
};

for (const [name, modelOf] of Object.entries(providers)) {
  describe(`the AI SDK with its ${name} provider`, () => {
    let gateway, model;
    before(async () => {
      gateway = await Gateway.start();
      model = modelOf(gateway.ready);
    });
    after(() => gateway?.stop());

    it('generates text with usage', async () => {
      const { text, usage, finishReason } = await generateText({ model, prompt: 'Hello' });
      assert.match(text, /Hello/);
      assert.equal(finishReason, 'stop');
      assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
    });

    it('streams the same text', async () => {
      const { text } = await generateText({ model, prompt: 'Hello' });
      let streamed = '';
      for await (const delta of streamText({ model, prompt: 'Hello' }).textStream) streamed += delta;
      assert.equal(streamed, text);
    });

    it('calls a tool', async () => {
      const { toolCalls, finishReason } = await generateText({
        model, prompt: 'Hello', tools: { weather },
        toolChoice: { type: 'tool', toolName: 'weather' },
      });
      assert.equal(finishReason, 'tool-calls');
      assert.equal(toolCalls[0].toolName, 'weather');
      assert.equal(typeof toolCalls[0].input.city, 'string');
    });

    it('is told when the key is wrong', async () => {
      const stranger = modelOf({ ...gateway.ready, project_key: 'mlx_sk_nobody' });
      await assert.rejects(generateText({ model: stranger, prompt: 'Hello', maxRetries: 0 }),
                           (error) => error.statusCode === 401);
    });
  });
}
