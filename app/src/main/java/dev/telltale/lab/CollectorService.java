package dev.telltale.lab;

/** Takes whatever it is sent and thanks for it: telemetry, an app's library, the tester's page. */
final class CollectorService implements Service {
    @Override
    public Response answer(Request request) {
        return new Response(200, "OK", "text/plain", "ok", Dress.LENGTH);
    }
}
