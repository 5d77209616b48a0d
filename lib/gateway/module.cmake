target_include_directories(penstock_gateway PUBLIC ${CMAKE_SOURCE_DIR}/lib/gateway/include)
