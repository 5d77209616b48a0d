target_link_libraries(penstock_http PRIVATE OpenSSL::SSL)
