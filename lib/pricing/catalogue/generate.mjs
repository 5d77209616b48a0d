// Writes prices.tsv from npm's @pydantic/genai-prices (MIT, see LICENSE). Run by hand, then commit:
//
//   cd lib/pricing/catalogue && npm pack @pydantic/genai-prices@0.1.8 --pack-destination /tmp
//   tar -xzf /tmp/pydantic-genai-prices-0.1.8.tgz -C /tmp
//   node generate.mjs /tmp/package > prices.tsv
//
// The format is described in ../catalogue_text.h. Whatever the format cannot say stops the generator,
// so that a new version of the source is looked at by somebody.
import {createRequire} from 'module';
import path from 'path';

const source = path.resolve(process.argv[2]);
const require = createRequire(import.meta.url);
const {version} = require(path.join(source, 'package.json'));
const providers = await require(path.join(source, 'dist/index.cjs')).waitForUpdate();

// Base URLs of providers whose pattern is more than a literal; '*' stands for any characters of the
// host. Keyed by the pattern, so that a changed one is noticed.
const kHosts = {
  'https://bedrock-runtime\\.[a-z0-9-]+\\.amazonaws\\.com(/|$)': ['bedrock-runtime.*.amazonaws.com'],
  '(https?://)?([^.]*\\.)?(?:openai\\.azure\\.com|azure-api\\.net|cognitiveservices\\.azure\\.com|services\\.ai\\.azure\\.com)':
    ['*.openai.azure.com', '*.azure-api.net', '*.cognitiveservices.azure.com', '*.services.ai.azure.com'],
  'https://api\\.cloudflare\\.com/client/v4/accounts/[^/]+/ai(?:/|$)': ['api.cloudflare.com/client/v4/accounts/'],
  'https://api\\.cohere\\.(?:ai|com)': ['api.cohere.ai', 'api.cohere.com'],
  'https://(.*\\.)?googleapis\\.com': ['googleapis.com', '*.googleapis.com'],
  'https://api\\.minimax(i)?\\.(?:com|io)':
    ['api.minimax.com', 'api.minimax.io', 'api.minimaxi.com', 'api.minimaxi.io'],
  'https://[^/]+\\.modal\\.(?:run|direct)(?:/|$)': ['*.modal.run', '*.modal.direct'],
  'https://api\\.moonshot\\.': ['api.moonshot.*'],
  'https://(api\\.)?openrouter\\.ai': ['openrouter.ai', 'api.openrouter.ai'],
};

function hostsOf(pattern) {
  if (kHosts[pattern]) return kHosts[pattern];
  const literal = pattern.replace(/^https:\/\//, '').replace(/\(\?:\/\|\$\)$/, '').replaceAll('\\.', '.');
  if (!/^[a-z0-9.\/-]+$/.test(literal)) throw new Error(`unknown api_pattern: ${pattern}`);
  return [literal];
}

function field(text) {
  if (/[\t\n|&]/.test(text)) throw new Error(`not expressible: ${text}`);
  return text;
}

function literal(text) {
  return field(text.toLowerCase());
}

// ^literal, \d, \d{n} and $ only; '#' stands for a digit. Without '$' the rest may be anything.
function template(regex) {
  if (regex === '^(?!.*-[tT][tT][sS](?:$|-))') return '!-tts';
  let body = regex.replace(/\\d\{(\d)\}/g, (_, n) => '#'.repeat(Number(n))).replaceAll('\\d', '#');
  if (!body.startsWith('^')) throw new Error(`unknown regex: ${regex}`);
  const whole = body.endsWith('$');
  body = body.slice(1, whole ? -1 : undefined).replace(/\\([.\[\]])/g, '$1');
  if (/[\\(){}*+?^$]/.test(body)) throw new Error(`unknown regex: ${regex}`);
  return (whole ? '#' : '%') + literal(body);
}

// Alternatives in disjunctive form: a list of lists of atoms.
function alternatives(match) {
  if (match.or) return match.or.flatMap(alternatives);
  if (match.and) {
    return match.and.map(alternatives).reduce((left, right) =>
      left.flatMap(a => right.map(b => [...a, ...b])));
  }
  if (match.equals !== undefined) return [['=' + literal(match.equals)]];
  if (match.starts_with !== undefined) return [['^' + literal(match.starts_with)]];
  if (match.ends_with !== undefined) return [['$' + literal(match.ends_with)]];
  if (match.contains !== undefined) return [['*' + literal(match.contains)]];
  if (match.regex !== undefined) return [[template(match.regex)]];
  throw new Error(`unknown match: ${JSON.stringify(match)}`);
}

const kUnits = {
  input_mtok: 'i', cache_read_mtok: 'r', cache_write_mtok: 'w', cache_write_1h_mtok: 'h',
  input_audio_mtok: 'a', output_mtok: 'o', output_reasoning_mtok: 't', output_audio_mtok: 'b',
  input_image_mtok: 'm', cache_audio_read_mtok: 'c', cache_image_read_mtok: 'd', output_image_mtok: 'p',
  requests_kcount: 'q', web_searches_kcount: 'x', audio_hours: 's',
};
// Nothing that we count is billed by these yet.
const kLeftOut = new Set([
  'input_video_mtok', 'output_video_mtok', 'output_citation_mtok', 'storage_searches_kcount',
  'input_document_kpages', 'input_annotated_document_kpages', 'input_text_messages_kcount',
  'input_audio_hours',  // of the models that have audio_hours, and the same
]);

// Dollars a million tokens, a thousand requests or searches, or an hour → picodollars each.
function pico(unit, dollars) {
  const scale = unit === 's' ? 1e12 : 'qx'.includes(unit) ? 1e9 : 1e6;
  return String(Math.round(dollars * scale));
}

// Of GPT-5.4 to 5.6 the source begins the dearer tier a token early: OpenAI's page has it above 272K.
function edge(start) {
  return start === 271_999 ? 272_000 : start;
}

function rates(prices) {
  const out = [];
  for (const key of Object.keys(prices)) {
    if (!kUnits[key] && !kLeftOut.has(key)) throw new Error(`unknown unit: ${key}`);
  }
  if (prices.input_audio_hours !== undefined && prices.input_audio_hours !== prices.audio_hours)
    throw new Error('input_audio_hours differ from audio_hours');
  for (const [key, unit] of Object.entries(kUnits)) {
    const price = prices[key];
    if (price === undefined) continue;
    if (typeof price === 'number') { out.push(unit + pico(unit, price)); continue; }
    const tiers = [...price.tiers].sort((a, b) => a.start - b.start).map(t => ({...t, start: edge(t.start)}));
    out.push(unit + pico(unit, price.base) +
             tiers.map(t => `>${t.start}:${pico(unit, t.price)}`).join(''));
  }
  return out.join(' ');
}

// Dollars a thousand searches that the source leaves out: Google's own, by the query from Gemini 3 on
// and by the prompt before (ai.google.dev/gemini-api/docs/pricing, grounding; what is free of them is
// not counted), and those of Claude at Vertex, which are Anthropic's.
function searchesOf(provider, model) {
  if (provider !== 'google') return undefined;
  if (model.includes('claude')) return 10;
  if (!model.startsWith('gemini-') || /embedding|tts/.test(model)) return undefined;
  // As dialect/gemini_target.cpp reads names: what is counted and what it costs go together.
  const version = /^gemini-(\d+(\.\d)?)/.exec(model)?.[1];
  return version !== undefined && Number(version) < 3 ? 35 : 14;
}

function constraintOf(row) {
  if (!row.constraint) return '-';
  if (row.constraint.type === 'start_date') return row.constraint.start_date;
  const times = [row.constraint.start_time, row.constraint.end_time];
  if (!times.every(t => /^\d\d:\d\d:00Z$/.test(t))) throw new Error(`unknown time: ${times}`);
  return times.map(t => t.slice(0, 5)).join('~');
}

const lines = [
  `V\tgenai-prices-${version}`,
  '# Generated by generate.mjs from @pydantic/genai-prices. Copyright (c) Pydantic Services Inc.',
  '# 2025 to present, MIT License: see LICENSE beside this file. Do not edit; use overrides.tsv.',
];
for (const provider of providers) {
  const models = provider.models.map(model => {
    const rows = Array.isArray(model.prices) ? model.prices : [{prices: model.prices}];
    const searches = searchesOf(provider.id, model.id);
    const priced = row => searches === undefined ? row.prices
      : {web_searches_kcount: searches, ...row.prices};
    return {model, rows: rows.map(row => [constraintOf(row), rates(priced(row))])};
  }).filter(({rows}) => rows.some(([, text]) => /(^| )[ios]/.test(text)));
  lines.push(['P', provider.id, hostsOf(provider.api_pattern).join(','),
              (provider.fallback_model_providers ?? []).join(',')].join('\t'));
  for (const {model, rows} of models) {
    const line = ['M', field(model.id),
                  alternatives(model.match).map(atoms => atoms.join('&')).join('|')];
    if (model.context_window) line.push(model.context_window);
    lines.push(line.join('\t'));
    for (const row of rows) lines.push(['R', ...row].join('\t'));
  }
}
process.stdout.write(lines.join('\n') + '\n');
