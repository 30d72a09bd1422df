package dev.telltale.lab;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Log-in, consents, activation of SIMs and look-up of users by phone number. Its answers carry
 * nothing of the persona: the published test is about what left the phone.
 */
final class AccountService implements Service {
    private final Cloud cloud;

    AccountService(Cloud cloud) {
        this.cloud = cloud;
    }

    @Override
    public Response answer(Request request) throws IOException {
        String path = request.path();
        if (request.method().equals("POST")) {
            return switch (path) {
                case "/pass/serviceLogin" -> logIn(request);
                case "/pass/consent" -> consent(request);
                case "/pass/activate/report" -> report(request);
                default -> Service.notFound();
            };
        }
        if (path.equals("/pass/config")) {
            return Service.json(
                    "{\"result\":\"ok\",\"code\":0,\"data\":{\"sms_gw\":[\"lab-gateway\"]}}",
                    Dress.LENGTH);
        }
        if (path.matches("/pass/activate/dev/[A-Za-z0-9_-]+/activating")) {
            if (cloud.asksForConsent() && !messagingAllowed(request)) return off();
            return Service.json(
                    "{\"result\":\"ok\",\"code\":0,\"data\":{\"status\":\"activating\"}}",
                    Dress.LENGTH);
        }
        if (path.equals("/pass/v3/user@id")) return lookUp(request);
        return Service.notFound();
    }

    private boolean messagingAllowed(Request request) {
        return cloud.allowed(
                cloud.account(request),
                Consents.MESSAGING,
                request.method() + " " + request.path().replaceAll("/dev/[^/]+/", "/dev/.../"));
    }

    private static Response off() {
        return Service.refused("cloud messaging is off");
    }

    private Response logIn(Request request) {
        String user = form(request).getOrDefault("user", "");
        if (user.isEmpty()) return Service.notFound();
        String token = cloud.logIn(user);
        return Service.json(
                "{\"result\":\"ok\",\"code\":0,\"serviceToken\":\"" + token + "\"}", Dress.LENGTH);
    }

    private Response consent(Request request) {
        Optional<Cloud.Account> account = cloud.account(request);
        if (account.isEmpty()) return Service.refused("log in first");
        Map<String, String> form = form(request);
        cloud.decide(
                account.get(),
                form.getOrDefault("service", ""),
                form.getOrDefault("state", "").equals("on"));
        return Service.json("{\"result\":\"ok\",\"code\":0}", Dress.LENGTH);
    }

    /** A phone tells whose number it is, so that messages find it. */
    private Response report(Request request) throws IOException {
        Optional<Cloud.Account> account = cloud.account(request);
        if (!messagingAllowed(request) || account.isEmpty()) return off();
        JsonNode told =
                new JsonMapper().readTree(Codecs.unBase64(form(request).getOrDefault("data", "")));
        cloud.register(account.get(), told.path("phone").asString(""));
        return Service.json("{\"result\":\"ok\",\"code\":0}", Dress.LENGTH);
    }

    private Response lookUp(Request request) {
        if (cloud.asksForConsent() && !messagingAllowed(request)) return off();
        String query = request.target().substring(request.path().length()).replaceFirst("^\\?", "");
        boolean known = cloud.reachable(Codecs.form(query).getOrDefault("externalId", ""));
        return Service.json(
                known
                        ? "{\"result\":\"ok\",\"code\":0,\"data\":{\"online\":true}}"
                        : "{\"result\":\"error\",\"code\":20003,\"description\":\"no such user\"}",
                Dress.CHUNKED);
    }

    private static Map<String, String> form(Request request) {
        return Codecs.form(new String(request.body(), StandardCharsets.US_ASCII));
    }
}
