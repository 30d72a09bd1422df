package dev.telltale.lab;

/**
 * System updates: the check finds none; the image of the update of August 2014 is there to fetch.
 */
final class UpdateService implements Service {
    static final String IMAGE = "/bigota/lab-ota.txt";

    @Override
    public Response answer(Request request) {
        if (request.method().equals("GET") && request.path().equals(IMAGE)) {
            StringBuilder image = new StringBuilder();
            for (int i = 0; i < 400; i++)
                image.append("block ").append(i).append(" of an update that updates nothing\n");
            return new Response(200, "OK", "text/plain", image.toString(), Dress.GZIP);
        }
        if (!request.method().equals("POST") || !request.path().equals("/updates/v1/check")) {
            return Service.notFound();
        }
        return Service.json(
                "{\"updateList\":[],\"mirrorList\":[],\"message\":\"This system is up to date.\"}",
                Dress.GZIP);
    }
}
