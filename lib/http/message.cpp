#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::http {

std::string_view HeaderList::get(std::string_view name) const {
  for (const HeaderView& field : fields_) {
    if (equalsIgnoreCase(field.name, name)) return field.value;
  }
  return {};
}

bool HeaderList::has(std::string_view name) const { return count(name) > 0; }

size_t HeaderList::count(std::string_view name) const {
  return static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(),
                    [&](const HeaderView& field) { return equalsIgnoreCase(field.name, name); }));
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

std::string Request::queryParam(std::string_view name) const {
  std::string found;
  bool done = false;
  split(query, '&', [&](std::string_view pair) {
    const size_t equals = pair.find('=');
    if (done || pair.substr(0, equals) != name || equals == std::string_view::npos) return;
    std::string value(pair.substr(equals + 1));
    std::replace(value.begin(), value.end(), '+', ' ');
    found = percentDecode(value).value_or(std::string());
    done = true;
  });
  return found;
}

std::string_view reasonPhrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 529: return "Overloaded";
    default: return "Unknown";
  }
}

}  // namespace penstock::http
