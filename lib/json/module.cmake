target_include_directories(penstock_json SYSTEM PRIVATE ${RAPIDJSON_INCLUDE})
# RapidJSON takes strings 16 bytes at a time then. SSE2 is part of x86-64, NEON of ARM64.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_definitions(penstock_json PRIVATE RAPIDJSON_SSE2=1)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  target_compile_definitions(penstock_json PRIVATE RAPIDJSON_NEON=1)
endif()

# RapidJSON 1.1.0 adds offsets to null pointers where its stack is empty; clang's UBSan minds that,
# and would see nothing of what lies beyond.
if(PENSTOCK_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(penstock_json PRIVATE
    -fsanitize-ignorelist=${CMAKE_SOURCE_DIR}/cmake/ubsan_ignore.txt)
endif()
