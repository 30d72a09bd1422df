package dev.telltale.lab;

/** Says that there is an Internet. */
final class ConnectivityService implements Service {
    @Override
    public Response answer(Request request) {
        if (!request.path().equals("/generate_204")) return Service.notFound();
        return new Response(204, "No Content", "", "", Dress.LENGTH);
    }
}
