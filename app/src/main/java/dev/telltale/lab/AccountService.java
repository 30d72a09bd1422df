package dev.telltale.lab;

/**
 * Activation of SIMs and look-up of users by phone number. Its answers carry nothing of the
 * persona: the published test is about what left the phone.
 */
final class AccountService implements Service {
    @Override
    public Response answer(Request request) {
        String path = request.path();
        if (!request.method().equals("GET")) return Service.notFound();
        if (path.equals("/pass/config")) {
            return Service.json(
                    "{\"result\":\"ok\",\"code\":0,\"data\":{\"sms_gw\":[\"lab-gateway\"]}}",
                    Dress.LENGTH);
        }
        if (path.matches("/pass/activate/dev/[A-Za-z0-9_-]+/activating")) {
            return Service.json(
                    "{\"result\":\"ok\",\"code\":0,\"data\":{\"status\":\"activating\"}}",
                    Dress.LENGTH);
        }
        if (path.equals("/pass/v3/user@id")) {
            return Service.json(
                    "{\"result\":\"error\",\"code\":20003,\"description\":\"no such user\"}",
                    Dress.CHUNKED);
        }
        return Service.notFound();
    }
}
