#include "declare/compatible.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace penstock::declare {
namespace {

constexpr CompatibleVendor kCompatible[] = {
    {"openai", "", "", "OPENAI_API_KEY"},
    {"groq", "", "https://api.groq.com/openai/v1", "GROQ_API_KEY"},
    {"together_ai", "together", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY"},
    {"deepseek", "", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"},
    {"mistral", "", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"},
    {"fireworks_ai", "fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY"},
    {"openrouter", "", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"},
    {"perplexity", "", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY"},
    {"xai", "", "https://api.x.ai/v1", "XAI_API_KEY"},
    {"cerebras", "", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"},
    {"deepinfra", "", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"},
    {"nvidia_nim", "", "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY"},
    {"sambanova", "", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"},
    {"moonshot", "", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"},
    {"nebius", "", "https://api.studio.nebius.ai/v1", "NEBIUS_API_KEY"},
    {"novita", "", "https://api.novita.ai/v3/openai", "NOVITA_API_KEY"},
    {"dashscope", "", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
     "DASHSCOPE_API_KEY"},
    {"parasail", "", "https://api.parasail.io/v1", "PARASAIL_API_KEY"},
    {"ollama", "", "http://localhost:11434/v1", ""},
    {"ollama_chat", "", "http://localhost:11434/v1", ""},
    {"hosted_vllm", "vllm", "?", ""},
    {"lm_studio", "", "?", ""},
    {"llamafile", "", "http://127.0.0.1:8080/v1", ""},
    {"sgl", "", "?", ""},
    {"openai_like", "", "?", ""},
    {"custom_openai", "", "?", ""},
    {"litellm_proxy", "", "?", ""},
};

constexpr std::string_view kOtherDialects[] = {"anthropic",      "bedrock",
                                               "bedrock_mantle", "bedrock_converse",
                                               "vertex_ai",      "vertex",
                                               "gemini",         "azure",
                                               "azure_ai",       "azure_text",
                                               "cohere",         "cohere_chat",
                                               "sagemaker",      "replicate",
                                               "huggingface",    "watsonx",
                                               "databricks",     "elevenlabs",
                                               "voyage",         "runway",
                                               "runware",        "text-completion-openai"};

struct BarePrefix {
  std::string_view prefix, vendor;
};
constexpr BarePrefix kBare[] = {
    {"gpt-", "openai"},    {"chatgpt-", "openai"},   {"o1", "openai"},
    {"o3", "openai"},      {"o4", "openai"},         {"text-embedding-", "openai"},
    {"dall-e-", "openai"}, {"whisper-", "openai"},   {"tts-", "openai"},
    {"ft:gpt-", "openai"}, {"claude-", "anthropic"}, {"gemini-", "gemini"},
    {"command", "cohere"},
};

std::string_view hostOf(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

bool isPrivateV4(std::string_view host) {
  std::array<uint64_t, 4> parts{};
  size_t count = 0;
  bool numeric = true;
  split(host, '.', [&](std::string_view part) {
    const auto number = parseUnsigned(part);
    numeric = numeric && number && *number < 256 && count < 4;
    if (numeric) parts[count++] = *number;
  });
  if (!numeric || count != 4) return false;
  return parts[0] == 10 || parts[0] == 127 || (parts[0] == 192 && parts[1] == 168) ||
         (parts[0] == 172 && parts[1] >= 16 && parts[1] < 32) ||
         (parts[0] == 169 && parts[1] == 254) || (parts[0] == 100 && (parts[1] & 0xC0) == 64);
}

}  // namespace

const CompatibleVendor* findCompatible(std::string_view name) {
  const auto* row = std::ranges::find_if(kCompatible, [&](const CompatibleVendor& vendor) {
    return vendor.name == name || (!vendor.alias.empty() && vendor.alias == name);
  });
  return row == std::end(kCompatible) ? nullptr : row;
}

bool speaksAnotherDialect(std::string_view name) {
  return std::ranges::find(kOtherDialects, name) != std::end(kOtherDialects);
}

std::string_view vendorOfBareName(std::string_view model) {
  for (const BarePrefix& row : kBare) {
    if (model.starts_with(row.prefix)) return row.vendor;
  }
  return {};
}

bool isPrivateUrl(std::string_view url) {
  const std::string host = asciiLower(hostOf(url));
  if (host.empty() || host.find('$') != std::string::npos) return false;
  if (host.starts_with('[')) {
    return host == "[::1]" || host.starts_with("[fc") || host.starts_with("[fd") ||
           host.starts_with("[fe80");
  }
  return host.find('.') == std::string::npos || isPrivateV4(host) || host.ends_with(".local") ||
         host.ends_with(".internal") || host.ends_with(".localhost") || host.ends_with(".lan");
}

}  // namespace penstock::declare
