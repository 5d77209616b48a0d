import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import OpenAI from 'openai';

import { Gateway } from '../support/gateway.mjs';

describe('models with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  it('lists @default and the demo models', async () => {
    const models = [];
    for await (const model of client.models.list()) models.push(model);
    const ids = models.map((model) => model.id);
    for (const id of ['@default', 'demo/demo-chat', 'demo/demo-embedding']) {
      assert.ok(ids.includes(id), `${id} is in ${ids}`);
    }
    for (const model of models) {
      assert.equal(model.object, 'model');
      assert.ok(Number.isInteger(model.created) && model.created > 1_600_000_000);
      assert.ok(model.owned_by.length > 0);
    }
  });

  for (const id of ['@default', 'demo/demo-chat']) {
    it(`retrieves ${id}`, async () => {
      assert.equal((await client.models.retrieve(id)).id, id);
    });
  }

  it('answers 404 for a model that does not exist', async () => {
    await assert.rejects(client.models.retrieve('demo/no-such-model'), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.match(error.message, /no-such-model/);
      return true;
    });
  });
});
