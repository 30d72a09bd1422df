package dev.telltale.lab;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The firmwares that the lab has: the vendor's two of the published story, then the adversaries,
 * each hiding in a way of its own.
 */
final class Firmwares {
    /**
     * As shipped until 2014-08-10: cloud messaging starts by itself and speaks HTTP. In the order
     * of a start-up; docs/lab.md says which habits are published and which are inferred.
     */
    static final Firmware JULY_2014 =
            new Firmware(
                    "2014-07",
                    "cloud messaging on by default, plain HTTP",
                    Tls.Version.TLS_1_2,
                    "published-2014",
                    Map.of(),
                    List.of(
                            Behaviours::connectivityCheck,
                            Behaviours::updateCheck,
                            Behaviours::smsGateway,
                            Behaviours::activation,
                            Behaviours::ownNumberLookup,
                            Behaviours::contactLookup,
                            Behaviours::peerLookup,
                            Behaviours::presetGreetings,
                            Behaviours::logInReport,
                            Behaviours::fetchUpdate));

    /** The update of 2014-08-10: cloud messaging is opt-in; what it sends goes by HTTPS. */
    static final Firmware AUGUST_2014 =
            new Firmware(
                    "2014-08-ota",
                    "cloud messaging is opt-in, base64 over HTTPS",
                    Tls.Version.TLS_1_2,
                    "opt-in-2014",
                    Map.of(),
                    List.of(
                            Behaviours::connectivityCheck,
                            Behaviours::updateCheck,
                            Behaviours::presetGreetings,
                            CloudMessaging::logIn,
                            CloudMessaging::decide,
                            CloudMessaging::activate,
                            CloudMessaging::contactLookup,
                            CloudMessaging::send,
                            CloudMessaging::fetch,
                            CloudBackup::decide,
                            CloudBackup::upload,
                            Behaviours::fetchUpdate));

    private static final Firmware MOVER =
            new Firmware(
                    "mover",
                    "2014-07 with its account service in another domain and country",
                    Tls.Version.TLS_1_2,
                    "published-2014",
                    Map.of(Hosts.ACCOUNT, Hosts.ACCOUNT_MOVED),
                    JULY_2014.behaviours());

    private static final Firmware SWITCH_IGNORER =
            new Firmware(
                    "switch-ignorer",
                    "keeps cloud messaging on after the user opted out",
                    Tls.Version.TLS_1_2,
                    "two-handsets",
                    Map.of(),
                    List.of(
                            Behaviours::connectivityCheck,
                            CloudMessaging::logIn,
                            CloudMessaging::decide,
                            CloudMessaging::activate,
                            Adversaries::sendWhateverTheSwitchSays,
                            CloudMessaging::fetch));

    private static final Firmware CONSENT_LIAR =
            new Firmware(
                    "consent-liar",
                    "sends 20 s before the user decides, in the same phase",
                    Tls.Version.TLS_1_2,
                    "opt-in-2014",
                    Map.of(),
                    List.of(
                            Behaviours::connectivityCheck,
                            CloudMessaging::logIn,
                            Adversaries::activateBeforeConsent));

    /** In this order in lists. */
    static final List<Firmware> ALL =
            List.of(
                    JULY_2014,
                    AUGUST_2014,
                    SWITCH_IGNORER,
                    CONSENT_LIAR,
                    MOVER,
                    adversary(
                            "harvester",
                            "all contacts, as salted hashes",
                            "everyday",
                            Adversaries::harvest),
                    adversary(
                            "hider",
                            "XOR, an alphabet of its own, protobuf in gzip in base64",
                            "everyday",
                            Adversaries::hide),
                    adversary(
                            "pinner",
                            "trusts one certificate only, so that nobody has the keys",
                            "everyday",
                            Adversaries::pin),
                    adversary(
                            "own-crypto",
                            "a vendor's own encryption over TCP",
                            "everyday",
                            Adversaries::ownCrypto),
                    adversary(
                            "sealer",
                            "base64 of AES inside TLS, opaque without the app's key",
                            "everyday",
                            Adversaries::seal),
                    adversary("drip", "one contact a day", "five-days", Adversaries::drip),
                    adversary(
                            "noisy",
                            "much idle telemetry with random tokens, one identifier in it",
                            "idle-baseline",
                            Adversaries::makeNoise),
                    adversary(
                            "sms-activator",
                            "hashes of IMEI and IMSI by SMS",
                            "everyday",
                            Adversaries::activateBySms));

    private Firmwares() {}

    static Optional<Firmware> named(String name) {
        return ALL.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    static Stream<String> names() {
        return ALL.stream().map(Firmware::name);
    }

    private static Firmware adversary(
            String name, String about, String plan, Firmware.Behaviour behaviour) {
        return new Firmware(
                name,
                about,
                Tls.Version.TLS_1_3,
                plan,
                Map.of(),
                List.of(Behaviours::connectivityCheck, behaviour));
    }
}
