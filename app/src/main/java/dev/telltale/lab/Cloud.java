package dev.telltale.lab;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the vendor's servers know and decide: accounts, whose number is whose, consents, messages
 * under way, backups. Until cloud messaging became opt-in it asked nobody; since then the servers
 * refuse whoever did not consent, whatever the phone's firmware believes.
 */
final class Cloud {
    /** The day the vendor made cloud messaging opt-in. */
    static final Instant OPT_IN_SINCE = Instant.parse("2014-08-10T00:00:00Z");

    private final LabClock clock;
    private final SecureRandom random;
    private final Map<String, Account> byToken = new LinkedHashMap<>();
    private final Map<String, Account> byUser = new LinkedHashMap<>();
    private final Map<String, Account> byNumber = new LinkedHashMap<>();
    private final List<String> refused = new ArrayList<>();
    private final List<Message> delivered = new ArrayList<>();

    Cloud(LabClock clock, long seed) {
        this.clock = clock;
        this.random = new SeededRandom(seed);
    }

    record Message(String from, String to, String text) {}

    /** One user. */
    static final class Account {
        private final Set<String> consents = new HashSet<>();
        private final List<Message> waiting = new ArrayList<>();
        private final Map<String, String> backup = new LinkedHashMap<>();
        private String number = "";
    }

    /** Everything under its host name. */
    Map<String, Service> services() {
        Map<String, Service> hosts = new LinkedHashMap<>();
        hosts.put(Hosts.ACCOUNT, new AccountService(this));
        hosts.put(Hosts.ACCOUNT_MOVED, new AccountService(this));
        hosts.put(Hosts.UPDATE, new UpdateService());
        hosts.put(Hosts.CONNECTIVITY, new ConnectivityService());
        hosts.put(Hosts.GREETINGS, new GreetingsService());
        hosts.put(Hosts.MESSAGING, new MessagingService(this));
        hosts.put(Hosts.BACKUP, new BackupService(this));
        hosts.put(Hosts.TELEMETRY, new CollectorService());
        hosts.put(Hosts.SDK, new CollectorService());
        hosts.put(Hosts.CONTROLS, new CollectorService());
        return hosts;
    }

    boolean asksForConsent() {
        return !clock.now().isBefore(OPT_IN_SINCE);
    }

    /** A token that stands for the user from here on. */
    synchronized String logIn(String user) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        String token = Codecs.base64Url(bytes);
        byToken.put(token, byUser.computeIfAbsent(user, u -> new Account()));
        return token;
    }

    synchronized Optional<Account> account(Service.Request request) {
        for (String pair : request.headers().getOrDefault("cookie", "").split("; ")) {
            if (pair.startsWith("serviceToken="))
                return Optional.ofNullable(byToken.get(pair.substring("serviceToken=".length())));
        }
        return Optional.empty();
    }

    synchronized void decide(Account account, String service, boolean on) {
        if (on) account.consents.add(service);
        else account.consents.remove(service);
    }

    /** May this be done for that user? A refusal is noted. */
    synchronized boolean allowed(Optional<Account> account, String service, String what) {
        boolean yes = account.isPresent() && account.get().consents.contains(service);
        if (!yes) refused.add(what);
        return yes;
    }

    synchronized void register(Account account, String number) {
        account.number = number;
        byNumber.put(number, account);
    }

    /** Can that number be messaged through the cloud? */
    synchronized boolean reachable(String number) {
        Account a = byNumber.get(number);
        return a != null && a.consents.contains(Consents.MESSAGING);
    }

    /** Takes a message to be delivered; false where it has to go another way. */
    synchronized boolean send(Account from, String to, String text) {
        if (from.number.isEmpty() || !reachable(to)) return false;
        Account a = byNumber.get(to);
        if (a != null) a.waiting.add(new Message(from.number, to, text));
        return true;
    }

    /** Hands over what waits, and forgets it: nothing is kept longer than until delivery. */
    synchronized List<Message> deliver(Account account) {
        List<Message> messages = List.copyOf(account.waiting);
        account.waiting.clear();
        delivered.addAll(messages);
        return messages;
    }

    synchronized void keep(Account account, String what, String content) {
        account.backup.put(what, content);
    }

    /** Messages that the servers still hold. */
    synchronized int waiting() {
        return byUser.values().stream().mapToInt(a -> a.waiting.size()).sum();
    }

    /** Messages that went through, in order; the lab's own notes, no server keeps them. */
    synchronized List<Message> delivered() {
        return List.copyOf(delivered);
    }

    /** What was asked for without consent, and refused. */
    synchronized List<String> refused() {
        return List.copyOf(refused);
    }

    /** What a user's backup holds. */
    synchronized Set<String> backups() {
        Set<String> all = new HashSet<>();
        byUser.values().forEach(a -> all.addAll(a.backup.keySet()));
        return all;
    }
}
