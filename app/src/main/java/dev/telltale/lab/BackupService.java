package dev.telltale.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Cloud backup: contacts, SMS, call log, Wi-Fi, and where the phone is. */
final class BackupService implements Service {
    static final List<String> KINDS = List.of("contacts", "sms", "calllog", "wlan", "finddevice");

    private final Cloud cloud;

    BackupService(Cloud cloud) {
        this.cloud = cloud;
    }

    @Override
    public Response answer(Request request) throws IOException {
        String kind = request.path().replaceFirst("^/mic/", "");
        if (!request.method().equals("POST") || !KINDS.contains(kind)) return Service.notFound();
        Optional<Cloud.Account> account = cloud.account(request);
        String what = "POST " + request.path();
        if (!cloud.allowed(account, Consents.BACKUP, what) || account.isEmpty())
            return Service.refused("backup is off");
        cloud.keep(
                account.get(),
                kind,
                new String(Codecs.gunzip(request.body()), StandardCharsets.UTF_8));
        return Service.json("{\"result\":\"ok\",\"code\":0}", Dress.GZIP);
    }
}
