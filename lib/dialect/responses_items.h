#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::dialect {

// The items of responses that are kept: their ids, and how they are listed. Items are JSON text;
// pure.

// What is read of a response object. Views into it.
struct ResponsesKeptObject {
  std::string id;
  std::string_view output;     // an array; empty: there is none
  std::string model;           // empty: it says none
  bool says_unstored = false;  // "store": false, by who made it
  int64_t reasoning_tokens = 0;
};
ResponsesKeptObject readKeptObject(std::string_view object);

// Whether it is an id that a response can be kept, named in a path and asked for by.
bool isResponseId(std::string_view id);

struct ResponsesItem {
  std::string id;
  std::string json;
};
// The items of a request as input_items lists them: each with an id, messages with their type,
// status and content in parts. Items without an id get one that is made of the response's and their
// place; what is wrong with one is left as it is.
std::vector<ResponsesItem> listedItems(std::string_view input, std::string_view response_id);

// The response and the place that such an id is made of.
struct ResponsesItemPlace {
  std::string response_id;
  size_t place = 0;
};
std::optional<ResponsesItemPlace> placeOfItem(std::string_view item_id);

// The ids that the items of an array have of their own.
std::vector<std::string> itemIds(std::string_view items);
// The item of that id, or at that place; empty: there is none.
std::string_view findItem(std::string_view items, std::string_view id);
std::string_view itemAt(std::string_view items, size_t place);

}  // namespace penstock::dialect
