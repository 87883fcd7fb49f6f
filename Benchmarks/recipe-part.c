/* What the recipe nginx-5xx names of nginx, in a program whose other debug information is large. */
#include <stddef.h>
#include <stdint.h>

typedef struct { size_t len; unsigned char *data; } ngx_str_t;
typedef struct { ngx_str_t server_name; size_t connection_pool_size; } ngx_http_core_srv_conf_t;
typedef struct ngx_module_s { uintptr_t ctx_index; uintptr_t index; const char *name; } ngx_module_t;
typedef struct ngx_connection_s { void *data; uintptr_t number; uintptr_t requests; } ngx_connection_t;
typedef struct { ngx_str_t host; ngx_str_t server; } ngx_http_headers_in_t;
typedef struct { uintptr_t status; ngx_str_t status_line; } ngx_http_headers_out_t;
typedef struct ngx_http_request_s ngx_http_request_t;

struct ngx_http_request_s {
    uint32_t signature;
    ngx_connection_t *connection;
    void **ctx, **main_conf, **srv_conf, **loc_conf;
    ngx_http_headers_in_t headers_in;
    ngx_http_headers_out_t headers_out;
    ngx_str_t method_name, uri, args;
};

ngx_module_t ngx_http_core_module = {1, 2, "core"};

__attribute__((noinline)) void ngx_http_finalize_request(ngx_http_request_t *r, intptr_t rc)
{
    r->headers_out.status = rc > 0 ? (uintptr_t) rc : r->headers_out.status;
    if (r->srv_conf)
        ((ngx_http_core_srv_conf_t *) r->srv_conf[ngx_http_core_module.ctx_index])->connection_pool_size++;
}

int main(int argc, char **argv)
{
    ngx_connection_t connection = {argv, argc, 1};
    ngx_http_request_t request = {.connection = &connection};
    ngx_http_finalize_request(&request, argc);
    return (int) request.headers_out.status & 0;
}
