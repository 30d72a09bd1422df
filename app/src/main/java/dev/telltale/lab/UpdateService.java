package dev.telltale.lab;

/** System updates: there is none. */
final class UpdateService implements Service {
    @Override
    public Response answer(Request request) {
        if (!request.method().equals("POST") || !request.path().equals("/updates/v1/check")) {
            return Service.notFound();
        }
        return Service.json(
                "{\"updateList\":[],\"mirrorList\":[],\"message\":\"This system is up to date.\"}",
                Dress.GZIP);
    }
}
