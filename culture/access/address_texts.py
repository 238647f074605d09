"""The two mails about a changed address, in the five languages; ``{who}`` … are filled in. None names the new one."""

from __future__ import annotations

NOTICE_SUBJECT = {
    "en": "Your e-mail address at {organisation} was changed",
    "it": "Il tuo indirizzo e-mail presso {organisation} è stato cambiato",
    "ro": "Adresa ta de e-mail la {organisation} a fost schimbată",
    "zh-hans": "你在{organisation}的电子邮箱地址已更改",
    "fr": "Votre adresse e-mail chez {organisation} a été modifiée",
}
NOTICE = {
    "en": """Hello {name},

on {day} {who} changed the e-mail address under which {organisation} knows you. From now on mail for you goes to
another address, and you were signed out everywhere.

If you know about it, there is nothing to do. If not, ask at once:
{contacts}""",
    "it": """Ciao {name},

il {day} {who} ha cambiato l'indirizzo e-mail con cui {organisation} ti conosce. Da ora i messaggi per te vanno a un
altro indirizzo, e tutte le tue sessioni sono state chiuse.

Se lo sapevi, non devi fare nulla. Altrimenti chiedi subito a:
{contacts}""",
    "ro": """Bună, {name},

la {day} {who} a schimbat adresa de e-mail sub care te cunoaște {organisation}. De acum înainte mesajele pentru tine
merg la altă adresă, iar toate sesiunile tale au fost închise.

Dacă știi despre asta, nu trebuie să faci nimic. Dacă nu, întreabă imediat:
{contacts}""",
    "zh-hans": """{name}，你好：

{day}，{who}更改了{organisation}所登记的你的电子邮箱地址。从现在起，发给你的邮件将寄往另一个地址，你在各处的登录也都已退出。

如果你知道此事，无需任何操作。如果不知道，请立即询问：
{contacts}""",
    "fr": """Bonjour {name},

le {day}, {who} a modifié l'adresse e-mail sous laquelle {organisation} vous connaît. Désormais, les messages qui vous
sont destinés partent à une autre adresse, et toutes vos sessions ont été fermées.

Si vous êtes au courant, il n'y a rien à faire. Sinon, demandez tout de suite à :
{contacts}""",
}
# Follows the notice to somebody with a role while nobody confirmed the new address.
NOTICE_HELD = {
    "en": """

Your account has special rights. Nobody gets in by a mail to the new address before it is confirmed: by you, signed in
with your password or passkey, or by a second HR admin.""",
    "it": """

Il tuo account ha diritti particolari. Nessuno entra con un messaggio al nuovo indirizzo finché non è confermato: da te,
entrando con la password o la passkey, o da un secondo amministratore HR.""",
    "ro": """

Contul tău are drepturi speciale. Nimeni nu intră printr-un mesaj la noua adresă până când ea nu este confirmată: de
tine, conectat cu parola sau cheia de acces, sau de un al doilea administrator HR.""",
    "zh-hans": """

你的账户拥有特殊权限。在新地址得到确认之前，任何人都无法凭发往新地址的邮件登录：须由你本人用密码或通行密钥登录后确认，或由第二位人力资源管理员确认。""",
    "fr": """

Votre compte a des droits particuliers. Personne n'entre par un message envoyé à la nouvelle adresse avant qu'elle soit
confirmée : par vous, connecté avec votre mot de passe ou votre clé d'accès, ou par un deuxième administrateur RH.""",
}
HR = {
    "en": "the HR department",
    "it": "l'ufficio risorse umane",
    "ro": "departamentul de resurse umane",
    "zh-hans": "人力资源部",
    "fr": "le service des ressources humaines",
}
HELD_SUBJECT = {
    "en": "This address cannot sign you in yet",
    "it": "Con questo indirizzo non puoi ancora entrare",
    "ro": "Cu această adresă nu te poți conecta încă",
    "zh-hans": "此地址暂时还不能用于登录",
    "fr": "Cette adresse ne permet pas encore de vous connecter",
}
HELD = {
    "en": """Hello {name},

somebody asked for a code or a link to sign in at {organisation} with this address. It was entered by somebody else and
is not confirmed yet; as your account has special rights, nothing that is mailed here signs you in until it is.

Sign in with your password or your passkey and confirm the address under “Sign-in and security”. If you have neither,
ask for a confirmation:
{contacts}""",
    "it": """Ciao {name},

qualcuno ha chiesto un codice o un link per entrare in {organisation} con questo indirizzo. È stato inserito da un'altra
persona e non è ancora confermato; poiché il tuo account ha diritti particolari, fino ad allora nulla di ciò che arriva
qui ti fa entrare.

Entra con la password o la passkey e conferma l'indirizzo sotto «Accesso e sicurezza». Se non le hai, chiedi una
conferma a:
{contacts}""",
    "ro": """Bună, {name},

cineva a cerut un cod sau un link pentru conectare la {organisation} cu această adresă. Ea a fost introdusă de altcineva
și nu este încă confirmată; deoarece contul tău are drepturi speciale, până atunci nimic din ce ajunge aici nu te
conectează.

Conectează-te cu parola sau cu cheia de acces și confirmă adresa la „Conectare și securitate”. Dacă nu le ai, cere o
confirmare:
{contacts}""",
    "zh-hans": """{name}，你好：

有人用此地址请求登录{organisation}的验证码或链接。此地址由他人登记，尚未确认；由于你的账户拥有特殊权限，在确认之前，寄到这里的任何内容都不能让你登录。

请用密码或通行密钥登录，并在“登录与安全”中确认此地址。如果两者都没有，请向以下人员请求确认：
{contacts}""",
    "fr": """Bonjour {name},

quelqu'un a demandé un code ou un lien pour se connecter à {organisation} avec cette adresse. Elle a été saisie par une
autre personne et n'est pas encore confirmée ; comme votre compte a des droits particuliers, rien de ce qui arrive ici
ne vous connecte d'ici là.

Connectez-vous avec votre mot de passe ou votre clé d'accès et confirmez l'adresse sous « Connexion et sécurité ». Si
vous n'avez ni l'un ni l'autre, demandez une confirmation à :
{contacts}""",
}
LANGUAGES = tuple(NOTICE)


def nearest(language: str, usual: str) -> str:
    """The one of the five for ``language``: itself, its kin (zh-hant, fr-ca), else ``usual``, else English."""
    for wish in (language.lower(), usual.lower()):
        if wish in LANGUAGES:
            return wish
        kin = next((known for known in LANGUAGES if known.split("-")[0] == wish.split("-")[0]), "")
        if kin:
            return kin
    return "en"
