import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway, ask, collect } from '../support/gateway.mjs';

const schema = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    score: { type: 'number' },
    mood: { type: 'string', enum: ['calm', 'stormy'] },
    author: {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: ['integer', 'null'] } },
      required: ['name', 'age'],
      additionalProperties: false,
    },
    steps: { type: 'array', items: { $ref: '#/$defs/step' } },
  },
  required: ['title', 'score', 'mood', 'author', 'steps'],
  additionalProperties: false,
  $defs: {
    step: {
      type: 'object',
      properties: { text: { type: 'string' }, done: { type: 'boolean' } },
      required: ['text', 'done'],
      additionalProperties: false,
    },
  },
};

function checkObject(value) {
  assert.deepEqual(Object.keys(value), ['title', 'score', 'mood', 'author', 'steps']);
  assert.equal(typeof value.title, 'string');
  assert.equal(typeof value.score, 'number');
  assert.ok(['calm', 'stormy'].includes(value.mood));
  assert.deepEqual(Object.keys(value.author), ['name', 'age']);
  assert.ok(value.steps.length > 0);
  for (const step of value.steps) {
    assert.deepEqual(Object.keys(step), ['text', 'done']);
    assert.equal(typeof step.done, 'boolean');
  }
}

describe('JSON answers with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const bySchema = {
    model: '@default',
    messages: ask('Describe a river as JSON'),
    response_format: { type: 'json_schema', json_schema: { name: 'river', strict: true, schema } },
  };

  it('json_object answers with an object', async () => {
    const answer = await client.chat.completions.create({
      model: '@default',
      messages: ask('Answer as JSON with "quotes"'),
      response_format: { type: 'json_object' },
    });
    const value = JSON.parse(answer.choices[0].message.content);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it('json_schema answers with an object of that schema', async () => {
    const answer = await client.chat.completions.create(bySchema);
    checkObject(JSON.parse(answer.choices[0].message.content));
  });

  it('json_schema streams an object of that schema', async () => {
    const { text } = await collect(await client.chat.completions.create({ ...bySchema,
                                                                          stream: true }));
    checkObject(JSON.parse(text));
  });

  it("works with the client's parse helper", async () => {
    const answer = await client.chat.completions.parse(bySchema);
    assert.equal(answer.choices[0].finish_reason, 'stop');
  });
});
