// The Responses API with OpenAI's client, against a provider that speaks chat completions only.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway } from '../support/gateway.mjs';

const weather = {
  type: 'function', name: 'get_weather', description: 'The weather of a city', strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('responses with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const create = (request) => client.responses.create({ model: '@default', input: 'Hello', ...request });

  it('answers with text and usage', async () => {
    const response = await create({ instructions: 'Be brief.' });
    assert.match(response.output_text, /Hello/);
    assert.equal(response.status, 'completed');
    assert.equal(response.instructions, 'Be brief.');
    assert.ok(response.usage.input_tokens > 0 && response.usage.output_tokens > 0);
  });

  it('streams to the same text', async () => {
    const whole = await create();
    let text = '';
    let last;
    for await (const event of await create({ stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      last = event;
    }
    assert.equal(text, whole.output_text);
    assert.equal(last.type, 'response.completed');
    assert.equal(last.response.usage.output_tokens, whole.usage.output_tokens);
  });

  it('calls a tool and takes its result', async () => {
    const first = await create({ tools: [weather], tool_choice: 'required' });
    const call = first.output.find((item) => item.type === 'function_call');
    assert.equal(call.name, 'get_weather');
    assert.equal(typeof JSON.parse(call.arguments).city, 'string');
    const second = await create({
      tools: [weather],
      input: [{ role: 'user', content: 'Hello' }, call,
              { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    assert.equal(second.status, 'completed');
    assert.ok(second.output_text.length > 0);
  });

  it('says when its limit ended the answer', async () => {
    const response = await create({ max_output_tokens: 16 });
    assert.equal(response.status, 'incomplete');
    assert.equal(response.incomplete_details.reason, 'max_output_tokens');
  });

  it('goes on from a response, asks for it, lists its input and deletes it', async () => {
    const first = await create({ input: 'My name is Ada.' });
    assert.equal(first.store, true);
    const second = await create({ input: 'What is it?', previous_response_id: first.id });
    assert.equal(second.previous_response_id, first.id);
    assert.ok(second.usage.input_tokens > first.usage.input_tokens);
    const kept = await client.responses.retrieve(second.id);
    assert.equal(kept.output_text, second.output_text);
    assert.deepEqual(kept.output, second.output);
    const items = [];
    for await (const item of client.responses.inputItems.list(second.id, { limit: 1 })) items.push(item);
    assert.deepEqual(items.map((item) => item.content[0].text), ['What is it?']);
    const counted = await client.responses.inputTokens.count({
      model: '@default', input: 'And?', previous_response_id: second.id,
    });
    assert.ok(counted.input_tokens > 10);
    await assert.rejects(client.responses.cancel(second.id), { status: 400 });
    await client.responses.delete(second.id);
    await assert.rejects(client.responses.retrieve(second.id), { status: 404 });
    await assert.rejects(create({ previous_response_id: second.id }),
                         { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
  });

  it('goes on from a stream, tools included', async () => {
    let first;
    for await (const event of await create({ stream: true, tools: [weather], tool_choice: 'required' }))
      if (event.type === 'response.completed') first = event.response;
    const call = first.output.find((item) => item.type === 'function_call');
    const second = await create({
      tools: [weather], previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    assert.equal(second.status, 'completed');
    assert.ok(second.output_text.length > 0);
  });

  it('is told what is wrong', async () => {
    await assert.rejects(create({ model: '@nothing' }), { status: 404 });
    await assert.rejects(create({ previous_response_id: 'resp_gone' }), { status: 400 });
  });
});
