// Both majors of Anthropic's client against a provider of another dialect (the built-in one speaks
// OpenAI's) and against one of their own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';
import OldAnthropic from 'anthropic-sdk-old';

import { Gateway, ask } from '../support/gateway.mjs';

const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
    required: ['city', 'days'],
  },
};

for (const [name, Client] of [['new', Anthropic], ['old', OldAnthropic]]) {
  describe(`messages with Anthropic's ${name} client`, () => {
    let gateway, client;
    before(async () => {
      gateway = await Gateway.start();
      client = new Client({
        baseURL: `${gateway.ready.proxy_url}/anthropic`,
        apiKey: gateway.ready.project_key,
        maxRetries: 0,
      });
    });
    after(() => gateway?.stop());

    const create = (request, options) =>
      client.messages.create({ model: '@default', max_tokens: 100, messages: ask('Hello'),
                               ...request }, options);

    it('answers with text, a stop reason and usage', async () => {
      const { data: message, response } = await create({ system: 'Be brief.' }).withResponse();
      assert.equal(message.type, 'message');
      assert.equal(message.role, 'assistant');
      assert.match(message.content[0].text, /Hello/);
      assert.equal(message.stop_reason, 'end_turn');
      assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
      assert.ok(response.headers.get('request-id'));
      const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
      assert.equal(row.output_tokens, message.usage.output_tokens);
      assert.equal(row.endpoint, 'messages');
    });

    it('streams to the same text as the whole answer', async () => {
      const whole = await create();
      const stream = client.messages.stream({ model: '@default', max_tokens: 100,
                                              messages: ask('Hello') });
      let text = '';
      stream.on('text', (delta) => (text += delta));
      const final = await stream.finalMessage();
      assert.equal(text, whole.content[0].text);
      assert.equal(final.content[0].text, text);
      assert.equal(final.stop_reason, 'end_turn');
      assert.equal(final.usage.output_tokens, whole.usage.output_tokens);
    });

    it('says when its limit ended the answer', async () => {
      const message = await create({ max_tokens: 5 });
      assert.equal(message.stop_reason, 'max_tokens');
      assert.equal(message.usage.output_tokens, 5);
    });

    it('calls a tool that it must call, whole and streamed', async () => {
      const request = { tools: [weather], tool_choice: { type: 'tool', name: 'get_weather' } };
      const whole = await create(request);
      const call = whole.content.find((block) => block.type === 'tool_use');
      assert.equal(whole.stop_reason, 'tool_use');
      assert.equal(call.name, 'get_weather');
      assert.equal(typeof call.input.city, 'string');
      const streamed = await client.messages
        .stream({ model: '@default', max_tokens: 100, messages: ask('Hello'), ...request })
        .finalMessage();
      const again = streamed.content.find((block) => block.type === 'tool_use');
      assert.deepEqual(again.input, call.input);
      const result = await create({
        tools: [weather],
        messages: [
          ...ask('Hello'),
          { role: 'assistant', content: whole.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id,
                                      content: 'sunny' }] },
        ],
      });
      assert.equal(result.stop_reason, 'end_turn');
    });

    it('gets errors of the classes it knows', async () => {
      await assert.rejects(create({ max_tokens: undefined }), Client.BadRequestError);
      await assert.rejects(create({ model: '@nothing' }), Client.NotFoundError);
      const stranger = new Client({ baseURL: `${gateway.ready.proxy_url}/anthropic`,
                                    apiKey: 'mlx_sk_nobody', maxRetries: 0 });
      await assert.rejects(
        stranger.messages.create({ model: '@default', max_tokens: 9, messages: ask('Hello') }),
        (error) => error instanceof Client.AuthenticationError &&
          error.error.error.type === 'authentication_error');
    });

    it('gets an error, not an end, when a stream breaks', async () => {
      const stream = await create({ model: 'demo/demo-chat:cut=5', stream: true });
      await assert.rejects(async () => {
        for await (const _ of stream);
      }, Client.APIError);
    });
  });
}
