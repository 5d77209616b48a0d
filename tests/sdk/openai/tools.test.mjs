import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway, ask, collect } from '../support/gateway.mjs';

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
        days: { type: 'integer', minimum: 1, maximum: 7 },
      },
      required: ['city', 'unit', 'days'],
      additionalProperties: false,
    },
  },
};

function checkArguments(text) {
  const given = JSON.parse(text);
  assert.deepEqual(Object.keys(given).sort(), ['city', 'days', 'unit']);
  assert.equal(typeof given.city, 'string');
  assert.ok(['celsius', 'fahrenheit'].includes(given.unit));
  assert.ok(Number.isInteger(given.days) && given.days >= 1 && given.days <= 7);
}

describe('tools with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  for (const choice of ['required', { type: 'function', function: { name: 'get_weather' } }]) {
    const name = typeof choice === 'string' ? choice : 'a named function';

    it(`calls a tool forced by ${name}`, async () => {
      const answer = await client.chat.completions.create({
        model: '@default', messages: ask('Hi'), tools: [weather], tool_choice: choice,
      });
      const [call] = answer.choices[0].message.tool_calls;
      assert.equal(answer.choices[0].finish_reason, 'tool_calls');
      assert.equal(call.type, 'function');
      assert.equal(call.function.name, 'get_weather');
      checkArguments(call.function.arguments);
    });

    it(`streams the call of a tool forced by ${name}`, async () => {
      const { chunks } = await collect(await client.chat.completions.create({
        model: '@default', messages: ask('Hi'), tools: [weather], tool_choice: choice, stream: true,
      }));
      const deltas = chunks.flatMap((chunk) => chunk.choices[0].delta.tool_calls ?? []);
      assert.ok(deltas.length > 3, 'the arguments come in several pieces');
      assert.ok(deltas[0].id);
      assert.equal(deltas[0].function.name, 'get_weather');
      checkArguments(deltas.map((delta) => delta.function.arguments ?? '').join(''));
      assert.equal(chunks.at(-1).choices[0].finish_reason, 'tool_calls');
    });
  }

  it('leaves tools alone that nobody asked for', async () => {
    const answer = await client.chat.completions.create({
      model: '@default', messages: ask('Just say hello'), tools: [weather],
    });
    assert.equal(answer.choices[0].message.tool_calls, undefined);
    assert.equal(answer.choices[0].finish_reason, 'stop');
  });

  it('plays a whole round: call, result, answer', async () => {
    const messages = ask('Please use get_weather for Bergen');
    const first = await client.chat.completions.create({ model: '@default', messages,
                                                         tools: [weather] });
    const message = first.choices[0].message;
    messages.push(message, {
      role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'rain, 11 degrees',
    });
    const second = await client.chat.completions.create({ model: '@default', messages,
                                                          tools: [weather] });
    assert.match(second.choices[0].message.content, /rain, 11 degrees/);
  });

  it("works with the client's tool runner", async () => {
    let called;
    const runner = client.chat.completions.runTools({
      model: '@default',
      messages: ask('Please use get_weather for Bergen'),
      tools: [{
        ...weather,
        function: {
          ...weather.function,
          parse: JSON.parse,
          function: (given) => ((called = given), 'sunny'),
        },
      }],
    });
    assert.match(await runner.finalContent(), /sunny/);
    assert.equal(called.unit, 'celsius');
  });
});
