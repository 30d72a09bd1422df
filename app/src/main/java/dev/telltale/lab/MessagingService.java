package dev.telltale.lab;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Routes messages between two handsets whose users both opted in. */
final class MessagingService implements Service {
    private final Cloud cloud;

    MessagingService(Cloud cloud) {
        this.cloud = cloud;
    }

    @Override
    public Response answer(Request request) throws IOException {
        if (!request.path().equals("/v1/messages")) return Service.notFound();
        Optional<Cloud.Account> account = cloud.account(request);
        String what = request.method() + " " + request.path();
        if (!cloud.allowed(account, Consents.MESSAGING, what) || account.isEmpty())
            return Service.refused("cloud messaging is off");
        return request.method().equals("POST") ? take(account.get(), request) : hand(account.get());
    }

    private Response take(Cloud.Account account, Request request) throws IOException {
        String form = new String(request.body(), StandardCharsets.US_ASCII);
        JsonNode message =
                new JsonMapper()
                        .readTree(Codecs.unBase64(Codecs.form(form).getOrDefault("data", "")));
        boolean taken =
                cloud.send(
                        account,
                        message.path("to").asString(""),
                        message.path("text").asString(""));
        return Service.json("{\"result\":\"ok\",\"routed\":" + taken + "}", Dress.LENGTH);
    }

    private Response hand(Cloud.Account account) {
        StringBuilder messages = new StringBuilder();
        for (Cloud.Message m : cloud.deliver(account)) {
            String json = Codecs.json("from", m.from(), "text", m.text());
            messages.append(messages.isEmpty() ? "" : ",")
                    .append(Codecs.quoted(Codecs.base64(json)));
        }
        return Service.json("{\"result\":\"ok\",\"messages\":[" + messages + "]}", Dress.LENGTH);
    }
}
