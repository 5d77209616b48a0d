#include "dialect/openai_target.h"

#include <cctype>

namespace penstock::dialect {
namespace {

// "gpt-5.1-mini" after "gpt-": 5.1; 0 when it does not begin with a number.
double versionAt(std::string_view text) {
  double version = 0, unit = 1;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9') {
      if (fraction) unit /= 10;
      version = fraction ? version + unit * (c - '0') : version * 10 + (c - '0');
    } else {
      break;
    }
  }
  return version;
}

// "openai/gpt-5" as routers name it.
std::string_view lastSegment(std::string_view model) {
  const size_t slash = model.rfind('/');
  return slash == std::string_view::npos ? model : model.substr(slash + 1);
}

bool isOSeries(std::string_view name) {
  return name.size() >= 2 && name[0] == 'o' && name[1] >= '1' && name[1] <= '9';
}

// "gpt-5-mini": 5; 0 of no such model.
double gptVersion(std::string_view name) {
  return name.starts_with("gpt-") ? versionAt(name.substr(4)) : 0;
}

bool isChatOnly(std::string_view name) { return name.find("-chat") != std::string_view::npos; }

}  // namespace

bool refusesMaxTokens(std::string_view model) {
  const std::string_view name = lastSegment(model);
  return isOSeries(name) || (gptVersion(name) >= 5 && !isChatOnly(name));
}

bool searchesAlways(std::string_view model) {
  const std::string_view name = lastSegment(model);
  return name.starts_with("gpt-") && (name.find("-search-preview") != std::string_view::npos ||
                                      name.find("-search-api") != std::string_view::npos);
}

OpenAiTarget openAiTargetOf(std::string_view model) {
  OpenAiTarget target{.model = std::string(model)};
  const std::string_view name = lastSegment(model);
  const double gpt = gptVersion(name);
  if (name.starts_with("gpt-oss")) target.efforts = {Effort::Low, Effort::High};
  if (gpt == 0 && !isOSeries(name)) return target;
  target.limit_field = "max_completion_tokens";
  target.developer_role = true;
  if (gpt >= 5.59) target.cache_marks = OpenAiTarget::CacheMarks::Breakpoint;
  if (gpt != 0 && !refusesMaxTokens(name)) return target;
  target.sampling = false;
  if (gpt >= 5.19)
    target.efforts = {Effort::None, Effort::XHigh};
  else if (gpt >= 5.09)
    target.efforts = {Effort::None, Effort::High};
  else if (gpt >= 5)
    target.efforts = {Effort::Minimal, Effort::High};
  else
    target.efforts = {Effort::Low, Effort::High};
  return target;
}

}  // namespace penstock::dialect
