import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway, ask, collect } from '../support/gateway.mjs';

const kParallel = 50;

describe('many requests at once with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const all = (one) => Promise.all(Array.from({ length: kParallel }, (_, i) => one(i)));

  it('each gets the answer to its own question', async () => {
    const answers = await all((i) => client.chat.completions.create({
      model: '@default', messages: ask(`question number ${i}.`),
    }));
    answers.forEach((answer, i) =>
      assert.ok(answer.choices[0].message.content.includes(`question number ${i}.`)));
    assert.equal(new Set(answers.map((answer) => answer.id)).size, kParallel);
  });

  it('slow streams run side by side, none mixed up and none short', async () => {
    const started = performance.now();
    const streams = await all(async (i) => collect(await client.chat.completions.create({
      model: 'demo/demo-chat:pace=10,tokens=60', messages: ask(`stream ${i}.`), stream: true,
    })));
    const took = performance.now() - started;
    streams.forEach(({ chunks, text }, i) => {
      assert.ok(text.includes(`stream ${i}.`));
      assert.equal(chunks.filter((chunk) => chunk.choices[0].delta.content).length, 60);
    });
    assert.ok(took < 600 * kParallel / 5, `${kParallel} streams of 0.6 s took ${took} ms`);
  });

  it('finishes what is under way when it is told to stop', async () => {
    const other = await Gateway.start();
    const stream = await other.client().chat.completions.create({
      model: 'demo/demo-chat:pace=10,tokens=50', messages: ask('Hi'), stream: true,
    });
    const text = collect(stream);
    await other.stop();
    assert.equal((await text).chunks.at(-1).choices[0].finish_reason, 'stop');
  });
});
