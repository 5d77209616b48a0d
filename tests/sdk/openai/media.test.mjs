import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import OpenAI, { toFile } from 'openai';

import { Gateway } from '../support/gateway.mjs';

const isPng = (base64) => Buffer.from(base64, 'base64').subarray(1, 4).toString() === 'PNG';

// A provider that reads forms with Node.js's own parser, which nobody here wrote.
function startProvider() {
  const seen = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;  // the gateway has begun anew
    }
    const { headers } = request;
    const body = Buffer.concat(chunks);
    const form = await new Response(body, { headers: { 'content-type': headers['content-type'] } })
      .formData();
    seen.push({ form, length: body.length, headers });
    response.setHeader('content-type', 'application/json');
    response.end('{"text":"heard","usage":{"type":"duration","seconds":1}}');
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ seen, url: `http://127.0.0.1:${server.address().port}/v1`,
                stop: () => server.close() })));
}

describe('images, sound and moderation with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const speak = (more = {}) =>
    client.audio.speech.create(
      { model: 'demo/demo-speech', voice: 'alloy', input: 'water turns the wheel', ...more });
  const recording = async () =>
    toFile(Buffer.from(await (await speak()).arrayBuffer()), 'wheel.wav', { type: 'audio/wav' });

  it('makes images', async () => {
    const images = await client.images.generate(
      { model: 'demo/demo-image', prompt: 'a water wheel', n: 2 });
    assert.equal(images.data.length, 2);
    for (const image of images.data) assert.ok(isPng(image.b64_json));
    assert.ok(images.usage.total_tokens > 0);
  });

  it('streams images', async () => {
    const stream = await client.images.generate(
      { model: 'demo/demo-image', prompt: 'a water wheel', stream: true, partial_images: 2 });
    const types = [];
    for await (const event of stream) {
      types.push(event.type);
      assert.ok(isPng(event.b64_json));
    }
    assert.deepEqual(types, ['image_generation.partial_image', 'image_generation.partial_image',
                             'image_generation.completed']);
  });

  it('edits images and makes variations', async () => {
    const { data: [drawn] } = await client.images.generate(
      { model: 'demo/demo-image', prompt: 'a dam' });
    const image = () => toFile(Buffer.from(drawn.b64_json, 'base64'), 'dam.png',
                               { type: 'image/png' });
    const edited = await client.images.edit(
      { model: 'demo/demo-image', image: [await image(), await image()], prompt: 'in red' });
    assert.ok(isPng(edited.data[0].b64_json));
    assert.notEqual(edited.data[0].b64_json, drawn.b64_json);
    const varied = await client.images.createVariation(
      { model: 'demo/demo-image', image: await image(), n: 2 });
    assert.equal(varied.data.length, 2);
  });

  it('speaks, and tells who served in the headers', async () => {
    const { data, response } = await speak().withResponse();
    const sound = Buffer.from(await data.arrayBuffer());
    assert.equal(response.headers.get('content-type'), 'audio/wav');
    assert.equal(response.headers.get('x-modelux-model-used'), 'demo-speech');
    assert.equal(sound.subarray(0, 4).toString(), 'RIFF');
    assert.equal(sound.length, sound.readUInt32LE(4) + 8);
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.equal(row.endpoint, 'audio.speech');
    assert.equal(Number(row.total_cost_usd), 21e-6);
  });

  it('speaks in raw samples and in events', async () => {
    const samples = Buffer.from(await (await speak({ response_format: 'pcm' })).arrayBuffer());
    const file = Buffer.from(await (await speak()).arrayBuffer());
    assert.deepEqual(samples, file.subarray(44));
    const events = await (await speak({ stream_format: 'sse' })).text();
    assert.match(events, /"type":"speech.audio.done"/);
  });

  it('transcribes in every format', async () => {
    const heard = /The demo provider heard wheel\.wav: 16844 bytes, 1\.050 seconds of sound\./;
    const ask = async (more = {}) => client.audio.transcriptions.create(
      { model: 'demo/demo-transcribe', file: await recording(), ...more });
    assert.match((await ask()).text, heard);
    for (const response_format of ['text', 'srt', 'vtt'])
      assert.match(await ask({ response_format }), heard);
    const verbose = await ask({ response_format: 'verbose_json' });
    assert.equal(verbose.duration, 1.05);
    assert.match(verbose.segments[0].text, heard);
  });

  it('streams a transcript', async () => {
    const stream = await client.audio.transcriptions.create(
      { model: 'demo/demo-transcribe', file: await recording(), stream: true });
    let text = '', done;
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      if (event.type === 'transcript.text.done') done = event.text;
    }
    assert.equal(text, done);
  });

  it('translates, with our extensions beside the file', async () => {
    const { data, response } = await client.audio.translations
      .create({ model: 'demo/demo-transcribe', file: await recording(),
                'mlx:tags': { team: 'ml' }, 'mlx:end_user': 'u1' })
      .withResponse();
    assert.match(data.text, /wheel\.wav/);
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.deepEqual(row.tags, { team: 'ml' });
    assert.equal(row.end_user, 'u1');
    assert.equal(row.endpoint, 'audio.translations');
  });

  it('sends forms on that another parser reads alike', async () => {
    const provider = await startProvider();
    await gateway.manage('POST', '/providers', {
      vendor: 'openai', name: 'forms', base_url: provider.url, private: true, verify: false,
    });
    const sound = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 256));
    const file = await toFile(sound, 'noise "ü".wav', { type: 'audio/wav' });
    const answer = await client.audio.transcriptions.create(
      { model: 'forms/whisper-1', file, language: 'en', timestamp_granularities: ['word', 'segment'],
        'mlx:tags': { team: 'ml' } });
    assert.equal(answer.text, 'heard');
    const [{ form, length, headers }] = provider.seen;
    assert.equal(Number(headers['content-length']), length);
    assert.deepEqual([...form.keys()].sort(), ['file', 'language', 'model',
                                               'timestamp_granularities[]',
                                               'timestamp_granularities[]']);
    assert.equal(form.get('model'), 'whisper-1');
    assert.deepEqual(Buffer.from(await form.get('file').arrayBuffer()), sound);
    provider.stop();
  });

  it('passes a large recording on while it comes, whatever stands behind it', async () => {
    const provider = await startProvider();
    await gateway.manage('POST', '/providers', {
      vendor: 'openai', name: 'large', base_url: provider.url, private: true, verify: false,
    });
    const sound = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 256));
    const file = await toFile(sound, 'noise.wav', { type: 'audio/wav' });
    const model = 'large/whisper-1';
    const transcribe = (fields) => client.audio.transcriptions.create(fields).withResponse();
    for (const fields of [
      { model, file }, { model, file, language: 'en' }, { file, model },
      { model, file, 'mlx:tags': { team: 'ml' } },
    ]) {
      const { data, response } = await transcribe(fields);
      assert.equal(data.text, 'heard');
      const { form, length, headers } = provider.seen.at(-1);
      assert.equal(Number(headers['content-length']), length);
      assert.deepEqual([...form.keys()].sort(),
                       Object.keys(fields).filter((key) => !key.startsWith('mlx:')).sort());
      assert.equal(form.get('model'), 'whisper-1');
      assert.ok(sound.equals(Buffer.from(await form.get('file').arrayBuffer())));
      const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
      assert.deepEqual(row.tags, fields['mlx:tags'] ?? {});
      assert.equal(row.total_cost_usd, 0.0001);
    }
    assert.equal(provider.seen.length, 4);
    provider.stop();
  });

  it('moderates', async () => {
    const { results } = await client.moderations.create(
      { model: 'demo/demo-moderation', input: ['a calm river', 'attack the dam'] });
    assert.deepEqual(results.map((result) => result.flagged), [false, true]);
    assert.ok(results[1].categories.violence);
  });

  it('names what is wrong', async () => {
    await assert.rejects(
      client.audio.transcriptions.create({ model: 'demo/demo-transcribe', file: '' }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === 'file');
    await assert.rejects(
      client.images.generate({ model: 'demo/demo-image' }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === 'prompt');
    await assert.rejects(client.images.generate({ model: 'demo/demo-chat', prompt: 'x' }),
                         { status: 404, message: /demo-image/ });
  });
});
