// The other file of no_exceptions.cpp, with exceptions: the same header, in one program.
#include <tiro.hpp>

static_assert(TIRO_EXCEPTIONS);

int with_exceptions(tiro_client *client);

int with_exceptions(tiro_client *native) {
    tiro::client client(native);
    int code = 0;
    try {
        client.recording("no such id").get();
    } catch (const tiro::error &error) {
        code = error.code();
    }
    return client.release() == native ? code : 0;
}
