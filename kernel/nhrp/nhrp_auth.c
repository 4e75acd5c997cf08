// SPDX-License-Identifier: GPL-2.0
/*
 * Who may speak to us: the password, keys for authentication codes, and the
 * memory of what was heard of each signer, against replays.
 */
#include "nhrp_core.h"

#define WINDOW_US	(NHRP_AUTH_WINDOW * 1000000ULL)
/* Not so few that one forgets who has just spoken, whatever the bound is. */
#define SIGNERS_MIN	256
#define AGED_AT_ONCE	2
/* Packets of one signer may overtake each other by so many. */
#define SEEN		8

/*
 * @seen: what was accepted last, the highest first.  Nothing at or below the
 * last of them is: it may have been accepted before.
 */
struct nhrp_signer {
	struct rb_node node;
	struct list_head lru;
	u64 id;
	u64 seen[SEEN];
};

/* The newest key that is not for accepting only, or else the newest. */
static struct nhrp_key_slot *signing(struct nhrp_auth *auth)
{
	unsigned int i;

	for (i = auth->n; i--;)
		if (!auth->slot[i].key.accept_only)
			return &auth->slot[i];
	return auth->n ? &auth->slot[auth->n - 1] : NULL;
}

static struct nhrp_key_slot *slot_of(struct nhrp_auth *auth, u16 id)
{
	unsigned int i;

	for (i = 0; i < auth->n; i++)
		if (auth->slot[i].key.id == id)
			return &auth->slot[i];
	return NULL;
}

/* Signing */

/*
 * Never the same twice, and never lower: also where the clock has been set
 * back a little.  After more than a little nobody would believe us any more, so
 * that we become somebody else.
 */
static u64 next_seq(struct nhrp_fsm *fsm)
{
	struct nhrp_auth *auth = &fsm->auth;
	u64 wall = fsm->ops->wall_clock(fsm->ctx);

	if (auth->seq > wall + WINDOW_US) {
		auth->self = fsm->ops->nonce(fsm->ctx);
		auth->seq = 0;
	}
	auth->seq = max(auth->seq + 1, wall);
	return auth->seq;
}

const struct nhrp_mac *nhrp_auth_begin(struct nhrp_fsm *fsm,
				       struct nhrp_mac *mac)
{
	struct nhrp_auth *auth = &fsm->auth;
	const struct nhrp_key_slot *slot = signing(auth);

	if (!slot)
		return NULL;
	mac->key = slot->key.id;
	mac->seq = next_seq(fsm);
	mac->signer = auth->self;
	return mac;
}

static void compute(struct nhrp_fsm *fsm, const struct nhrp_key *key, u8 *buf,
		    size_t len, size_t at, u8 *code)
{
	nhrp_mac_blank(buf, at);
	fsm->ops->mac(fsm->ctx, key->secret, key->len, buf, len, code);
}

void nhrp_auth_seal(struct nhrp_fsm *fsm, size_t len)
{
	struct nhrp_key_slot *slot = signing(&fsm->auth);
	size_t at = nhrp_mac_at(len);
	u8 code[NHRP_MAC_LEN];

	if (!slot)
		return;
	compute(fsm, &slot->key, fsm->tx, len, at, code);
	nhrp_mac_seal(fsm->tx, len, at, code);
	slot->signed_n++;
}

/* Replays */

static struct nhrp_signer *signer_find(struct nhrp_auth *auth, u64 id,
				       struct rb_node **parent,
				       struct rb_node ***link)
{
	*link = &auth->signers.rb_node;
	*parent = NULL;
	while (**link) {
		struct nhrp_signer *s = rb_entry(**link, struct nhrp_signer,
						 node);

		if (s->id == id)
			return s;
		*parent = **link;
		*link = id < s->id ? &(*parent)->rb_left : &(*parent)->rb_right;
	}
	return NULL;
}

static void signer_free(struct nhrp_fsm *fsm, struct nhrp_signer *s)
{
	rb_erase(&s->node, &fsm->auth.signers);
	list_del(&s->lru);
	fsm->auth.n_signers--;
	nhrp_uncharge(fsm, s);
}

static void signers_forget(struct nhrp_fsm *fsm)
{
	struct nhrp_signer *s, *next;

	list_for_each_entry_safe(s, next, &fsm->auth.lru, lru)
		signer_free(fsm, s);
	fsm->auth.floor = 0;
}

/* Who has been silent for longest, or NULL. */
static struct nhrp_signer *signer_oldest(struct nhrp_auth *auth)
{
	return list_first_entry_or_null(&auth->lru, struct nhrp_signer, lru);
}

static bool signer_over(const struct nhrp_signer *s, u64 wall)
{
	return s->seen[0] + WINDOW_US < wall;
}

/*
 * Who is outside of the window is kept out by that alone; who is not, by the
 * floor, below which nobody unknown is believed.
 */
static void signer_forget(struct nhrp_fsm *fsm, struct nhrp_signer *s, u64 wall)
{
	if (!signer_over(s, wall))
		fsm->auth.floor = max(fsm->auth.floor, s->seen[0]);
	signer_free(fsm, s);
}

/* For one more: by the device's own bound, and by the one that it shares. */
static bool signers_make_room(struct nhrp_fsm *fsm, u64 wall)
{
	struct nhrp_auth *auth = &fsm->auth;
	u32 bound = max_t(u32, fsm->cfg.max_peers, SIGNERS_MIN);
	unsigned int gone;
	struct nhrp_signer *s;

	for (gone = 0; (s = signer_oldest(auth)); gone++) {
		if (auth->n_signers < bound &&
		    (!signer_over(s, wall) || gone == AGED_AT_ONCE))
			break;
		signer_forget(fsm, s, wall);
	}
	if (nhrp_charge(fsm))
		return true;
	if (s)
		signer_forget(fsm, s, wall);
	return s && nhrp_charge(fsm);
}

/* What an unknown signer's first packet has to be above. */
static u64 threshold(struct nhrp_fsm *fsm, u64 wall)
{
	struct nhrp_auth *auth = &fsm->auth;
	u64 known_for = (fsm->now - auth->start) * 1000;
	u64 back = min_t(u64, known_for, WINDOW_US) + 1;

	/* The clock was wrong then: it would be long until that is reached. */
	if (auth->floor > wall + WINDOW_US)
		auth->floor = 0;
	return max(auth->floor, wall > back ? wall - back : 0);
}

static struct nhrp_signer *signer_new(struct nhrp_fsm *fsm, u64 id, u64 wall)
{
	struct nhrp_signer *s = kmalloc(sizeof(*s), GFP_KERNEL);
	struct nhrp_auth *auth = &fsm->auth;
	struct rb_node *parent, **link;
	unsigned int i;

	if (!s) {
		fsm->stats.nomem++;
		return NULL;
	}
	if (!signers_make_room(fsm, wall)) {
		kfree(s);
		return NULL;
	}
	signer_find(auth, id, &parent, &link);
	s->id = id;
	for (i = 0; i < SEEN; i++)
		s->seen[i] = threshold(fsm, wall);
	rb_link_node(&s->node, parent, link);
	rb_insert_color(&s->node, &auth->signers);
	list_add_tail(&s->lru, &auth->lru);
	auth->n_signers++;
	return s;
}

static bool note(struct nhrp_signer *s, u64 seq)
{
	unsigned int i;

	if (seq <= s->seen[SEEN - 1])
		return false;
	for (i = 0; i < SEEN; i++)
		if (s->seen[i] == seq)
			return false;
	for (i = SEEN - 1; i && s->seen[i - 1] < seq; i--)
		s->seen[i] = s->seen[i - 1];
	s->seen[i] = seq;
	return true;
}

/* Its code was right: has it been here before? */
static bool fresh(struct nhrp_fsm *fsm, const struct nhrp_mac *mac)
{
	struct nhrp_auth *auth = &fsm->auth;
	u64 wall = fsm->ops->wall_clock(fsm->ctx);
	struct rb_node *parent, **link;
	struct nhrp_signer *s;

	if (mac->signer == auth->self || mac->seq > wall + WINDOW_US ||
	    mac->seq + WINDOW_US < wall)
		return false;
	s = signer_find(auth, mac->signer, &parent, &link);
	if (!s && mac->seq <= threshold(fsm, wall))
		return false;
	if (!s)
		s = signer_new(fsm, mac->signer, wall);
	if (!s || !note(s, mac->seq))
		return false;
	list_move_tail(&s->lru, &auth->lru);
	return true;
}

/* Receiving */

static enum nhrp_auth_fault check_mac(struct nhrp_fsm *fsm,
				      const struct nhrp_packet *p)
{
	struct nhrp_key_slot *slot;
	u8 code[NHRP_MAC_LEN];
	struct nhrp_mac mac;
	u16 at;
	int err;

	err = nhrp_mac_find(p, &mac, &at);
	if (err == -ENOENT)
		return NHRP_AUTH_MISSING;
	/* None of ours is longer. */
	if (err || p->len > sizeof(fsm->tx))
		return NHRP_AUTH_BAD_MAC;
	slot = slot_of(&fsm->auth, mac.key);
	if (!slot)
		return NHRP_AUTH_UNKNOWN_KEY;
	memcpy(fsm->tx, p->buf, p->len);
	compute(fsm, &slot->key, fsm->tx, p->len, at, code);
	if (!nhrp_same_secret(code, p->buf + at, sizeof(code)))
		return NHRP_AUTH_BAD_MAC;
	if (!fresh(fsm, &mac))
		return NHRP_AUTH_REPLAYED;
	slot->accepted_n++;
	return NHRP_AUTH_OK;
}

enum nhrp_trust nhrp_auth_demand(const struct nhrp_fsm *fsm)
{
	if (fsm->auth.n)
		return NHRP_TRUST_KEY;
	return fsm->cfg.secret_len ? NHRP_TRUST_PASSWORD : NHRP_TRUST_NONE;
}

/* Whoever asks for less than we do lets nobody in here. */
static enum nhrp_auth_fault check_handed(const struct nhrp_fsm *fsm,
					 enum nhrp_trust trust)
{
	enum nhrp_trust demand = nhrp_auth_demand(fsm);

	if (trust >= demand)
		return NHRP_AUTH_OK;
	return demand == NHRP_TRUST_KEY ? NHRP_AUTH_MISSING :
					  NHRP_AUTH_BAD_PASSWORD;
}

static enum nhrp_auth_fault check(struct nhrp_fsm *fsm,
				  const struct nhrp_packet *p)
{
	if (fsm->cfg.secret_len &&
	    !nhrp_auth_ok(p, fsm->cfg.secret, fsm->cfg.secret_len))
		return NHRP_AUTH_BAD_PASSWORD;
	return fsm->auth.n ? check_mac(fsm, p) : NHRP_AUTH_OK;
}

bool nhrp_auth_rx(struct nhrp_fsm *fsm, const struct nhrp_rx *rx)
{
	enum nhrp_auth_fault fault = rx->handed ? check_handed(fsm, rx->trust) :
						  check(fsm, &rx->p);

	switch (fault) {
	case NHRP_AUTH_OK:
		return true;
	case NHRP_AUTH_BAD_PASSWORD:
		fsm->stats.bad_auth++;
		break;
	case NHRP_AUTH_MISSING:
		fsm->stats.auth_missing++;
		break;
	case NHRP_AUTH_UNKNOWN_KEY:
		fsm->stats.auth_unknown_key++;
		break;
	case NHRP_AUTH_BAD_MAC:
		fsm->stats.auth_bad_mac++;
		break;
	case NHRP_AUTH_REPLAYED:
		fsm->stats.auth_replayed++;
		break;
	}
	fsm->ops->refused(fsm->ctx, rx->from, fault);
	return false;
}

/* Keys */

void nhrp_auth_init(struct nhrp_auth *auth)
{
	auth->signers = RB_ROOT;
	INIT_LIST_HEAD(&auth->lru);
}

void nhrp_auth_exit(struct nhrp_fsm *fsm)
{
	struct nhrp_auth *auth = &fsm->auth;

	signers_forget(fsm);
	memset(auth->slot, 0, sizeof(auth->slot));
	auth->n = 0;
}

static u16 signing_id(struct nhrp_auth *auth)
{
	const struct nhrp_key_slot *slot = signing(auth);

	return slot ? slot->key.id : 0;
}

/* Whom we register with has waited for the right key, perhaps for long. */
static void signed_otherwise(struct nhrp_fsm *fsm, u16 before)
{
	if (signing_id(&fsm->auth) != before)
		nhrp_client_refresh(fsm, true);
}

int nhrp_fsm_key_add(struct nhrp_fsm *fsm, u64 now, const struct nhrp_key *key)
{
	struct nhrp_auth *auth = &fsm->auth;
	u16 before = signing_id(auth);

	fsm->now = now;
	if (!key->id || key->len < NHRP_KEY_MIN || key->len > NHRP_KEY_MAX)
		return -EINVAL;
	if (slot_of(auth, key->id))
		return -EEXIST;
	if (auth->n == NHRP_KEYS_MAX)
		return -ENOSPC;
	if (!auth->n) {
		/* What was signed before may have come before, unread. */
		auth->start = now;
		auth->self = fsm->ops->nonce(fsm->ctx);
		auth->seq = 0;
	}
	auth->slot[auth->n++] = (struct nhrp_key_slot){ .key = *key };
	signed_otherwise(fsm, before);
	return 0;
}

int nhrp_fsm_key_set(struct nhrp_fsm *fsm, u64 now, u16 id, bool accept_only)
{
	struct nhrp_key_slot *slot = slot_of(&fsm->auth, id);
	u16 before = signing_id(&fsm->auth);

	fsm->now = now;
	if (!slot)
		return -ENOENT;
	slot->key.accept_only = accept_only;
	signed_otherwise(fsm, before);
	return 0;
}

int nhrp_fsm_key_del(struct nhrp_fsm *fsm, u64 now, u16 id)
{
	struct nhrp_auth *auth = &fsm->auth;
	struct nhrp_key_slot *slot = slot_of(auth, id);
	u16 before = signing_id(auth);

	fsm->now = now;
	if (!slot)
		return -ENOENT;
	auth->n--;
	memmove(slot, slot + 1, (auth->slot + auth->n - slot) * sizeof(*slot));
	memset(&auth->slot[auth->n], 0, sizeof(*slot));
	if (!auth->n)
		signers_forget(fsm);
	signed_otherwise(fsm, before);
	return 0;
}

bool nhrp_fsm_key_at(const struct nhrp_fsm *fsm, unsigned int pos,
		     struct nhrp_key_info *info)
{
	const struct nhrp_auth *auth = &fsm->auth;
	const struct nhrp_key_slot *slot = &auth->slot[pos];

	if (pos >= auth->n)
		return false;
	info->id = slot->key.id;
	info->accept_only = slot->key.accept_only;
	info->signs = slot == signing((struct nhrp_auth *)auth);
	info->accepted_n = slot->accepted_n;
	info->signed_n = slot->signed_n;
	return true;
}
