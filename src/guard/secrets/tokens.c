/* Keys and tokens with a provider's prefix. The byte pass finds the prefix; confirm() walks over the signs that this sort
 * has, holds its length against the row, and lets placeholders of manuals pass. One line per sort: kind, prefix, signs,
 * shortest and longest rest. The rests in the examples are one random text cut to length, so nothing here is a key. */
#include "guard/secrets/secrets.h"
#include "text/text.h"

#define KINDS(X) \
    X(AWS, "AWS") X(GOOGLE, "Google") X(GITHUB, "GitHub") X(GITLAB, "GitLab") X(SLACK, "Slack") \
    X(STRIPE, "Stripe") X(TWILIO, "Twilio") X(SENDGRID, "SendGrid") X(MAILGUN, "Mailgun") X(OPENAI, "OpenAI") \
    X(ANTHROPIC, "Anthropic") X(OPENROUTER, "Openrouter") X(LANGFUSE, "Langfuse") \
    X(HUGGING_FACE, "Hugging Face") X(NPM, "npm") X(PYPI, "PyPI") X(DOCKER, "Docker") \
    X(DIGITALOCEAN, "DigitalOcean") X(HEROKU, "Heroku") X(SHOPIFY, "Shopify") X(SQUARE, "Square") \
    X(PAYPAL, "PayPal") X(FACEBOOK, "Facebook") X(TWITTER, "Twitter") X(ATLASSIAN, "Atlassian") \
    X(DATADOG, "Datadog") X(NEW_RELIC, "New Relic") X(GRAFANA, "Grafana") X(DATABRICKS, "Databricks") \
    X(TERRAFORM, "Terraform") X(VAULT, "Vault") X(LINEAR, "Linear") X(NOTION, "Notion") X(POSTMAN, "Postman") \
    X(DOPPLER, "Doppler") X(AGE_KEY, "age") X(SUPABASE, "Supabase") X(VERCEL, "Vercel") X(NETLIFY, "Netlify") \
    X(GROQ, "Groq") X(REPLICATE, "Replicate") X(PERPLEXITY, "Perplexity") X(XAI, "xAI") X(PULUMI, "Pulumi") \
    X(PLANETSCALE, "Planetscale") X(SENTRY, "Sentry") X(DYNATRACE, "Dynatrace") X(FIGMA, "Figma") \
    X(RUBYGEMS, "Rubygems") X(CLOJARS, "Clojars") X(ARTIFACTORY, "Artifactory") X(ADAFRUIT, "Adafruit") \
    X(BREVO, "Brevo") X(TYPEFORM, "Typeform") X(SHIPPO, "Shippo") X(EASYPOST, "Easypost") \
    X(FLUTTERWAVE, "Flutterwave") X(RAZORPAY, "Razorpay") X(CONTENTFUL, "Contentful") X(README, "Readme") \
    X(PREFECT, "Prefect") X(LANGSMITH, "Langsmith") X(PINECONE, "Pinecone") X(TAILSCALE, "Tailscale") \
    X(INFRACOST, "Infracost") X(BUILDKITE, "Buildkite") X(CIRCLECI, "CircleCI") X(SONARQUBE, "Sonarqube") \
    X(ALIBABA, "Alibaba") X(TENCENT, "Tencent") X(YANDEX, "Yandex") X(ONEPASSWORD, "1Password") \
    X(CLOUDFLARE, "Cloudflare") X(FLY, "Fly") X(DISCORD, "Discord") X(MAPBOX, "Mapbox") \
    X(PAGERDUTY, "PagerDuty") X(OKTA, "Okta") X(LINKEDIN, "LinkedIn") X(BRAINTREE, "Braintree") \
    X(NVIDIA, "NVIDIA") X(SOURCEGRAPH, "Sourcegraph") X(POSTHOG, "PostHog") X(HUBSPOT, "HubSpot") X(TAVILY, "Tavily") \
    X(JINA, "Jina") X(DROPBOX, "Dropbox") X(MONGODB, "MongoDB Atlas") X(NEON, "Neon") X(CEREBRAS, "Cerebras") X(BITBUCKET, "Bitbucket")

enum {
#define X(name, provider) K_##name,
KINDS(X)
#undef X
    K_JWT
};

static const bawn_kind kinds[] = {
#define X(name, provider) BAWN_SECRET(#name, BAWN_BLOCK, provider " key or token"),
KINDS(X)
#undef X
    [K_JWT] = BAWN_SECRET("JWT", BAWN_BLOCK, "signed JSON web token"),
};

/* The examples' rests. */
#define HEX19 "9f3a7c1eb5d208467e1"
#define HEX32 "9f3a7c1eb5d208467e1fa93c20d4b86a"
#define HEX40 "9f3a7c1eb5d208467e1fa93c20d4b86a5f1c9e37"
#define HEX48 "9f3a7c1eb5d208467e1fa93c20d4b86a5f1c9e37d2b80a64"
#define HEX64 "9f3a7c1eb5d208467e1fa93c20d4b86a5f1c9e37d2b80a64e3c7159fd0b28a46"
#define MIX14 "a8F3kQz7Lm2Xw9"
#define MIX16 "a8F3kQz7Lm2Xw9Rt"
#define MIX20 "a8F3kQz7Lm2Xw9Rt5Yb1"
#define MIX22 "a8F3kQz7Lm2Xw9Rt5Yb1Nc"
#define MIX24 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6V"
#define MIX27 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4H"
#define MIX28 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs"
#define MIX30 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0G"
#define MIX32 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjP"
#define MIX34 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuE"
#define MIX35 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEo"
#define MIX36 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT"
#define MIX37 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTi"
#define MIX38 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiK"
#define MIX40 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW"
#define MIX41 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3"
#define MIX43 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ"
#define MIX48 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM"
#define MIX49 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1"
#define MIX50 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1n"
#define MIX54 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJ"
#define MIX59 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2"
#define MIX60 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2g"
#define MIX66 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6"
#define MIX69 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOw"
#define MIX70 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwI"
#define MIX80 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5"
#define MIX81 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5m"
#define MIX82 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5mT"
#define MIX88 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5mTcYdV0l"
#define MIX100 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5mTcYdV0lGsNfQj3HuWaP"
#define MIX150 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5mTcYdV0lGsNfQj3HuWaPo8JiEkMr7ByCt1LxZv2FqDhSg6UnAwOe5IbKpYmT9XcRd4VzGl"
#define MIX160 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5mTcYdV0lGsNfQj3HuWaPo8JiEkMr7ByCt1LxZv2FqDhSg6UnAwOe5IbKpYmT9XcRd4VzGlJs0NfHuQjW"
#define MIX200 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ8rCxM1nB7vJyLfD2gUhAtS6pOwIq9Ke4bXzR5mTcYdV0lGsNfQj3HuWaPo8JiEkMr7ByCt1LxZv2FqDhSg6UnAwOe5IbKpYmT9XcRd4VzGlJs0NfHuQjWa3PoEi8MkBr7CytLxZ1vFqD2hSg6UnAwO5eIbKpY"
#define UP16 "Q7ZK2MX9VRT4HB3N"
#define UP27 "Q7ZK2MX9VRT4HB3NCY6WJ8PLDG5"
#define UP58 "Q7ZK2MX9VRT4HB3NCY6WJ8PLDG5FS0EAQ9MZ4KXT7RVB2HNC3Y8JWLP6DQ"

#define TOKENS(X) \
    X(AWS, "AKIA", UPPER, 16, 16, UP16) \
    X(AWS, "ASIA", UPPER, 16, 16, UP16) \
    X(AWS, "ABIA", UPPER, 16, 16, UP16) \
    X(AWS, "ACCA", UPPER, 16, 16, UP16) \
    X(AWS, "ABSK", BASE64, 100, 140, MIX100) \
    X(GOOGLE, "AIza", URL, 35, 35, MIX35) \
    X(GOOGLE, "GOCSPX-", URL, 28, 28, MIX28) \
    X(GOOGLE, "ya29.", URL, 60, 250, MIX60) \
    X(GITHUB, "ghp_", ALNUM, 36, 36, MIX36) \
    X(GITHUB, "gho_", ALNUM, 36, 36, MIX36) \
    X(GITHUB, "ghu_", ALNUM, 36, 36, MIX36) \
    X(GITHUB, "ghs_", ALNUM, 36, 36, MIX36) \
    X(GITHUB, "ghr_", ALNUM, 36, 36, MIX36) \
    X(GITHUB, "github_pat_", WORD, 82, 82, MIX82) \
    X(GITLAB, "glpat-", URL, 20, 64, MIX20) \
    X(GITLAB, "gldt-", URL, 20, 64, MIX20) \
    X(GITLAB, "glrt-", URL, 20, 64, MIX20) \
    X(GITLAB, "glcbt-", URL, 20, 64, MIX20) \
    X(GITLAB, "glptt-", URL, 40, 64, MIX40) \
    X(GITLAB, "glsoat-", URL, 20, 64, MIX20) \
    X(GITLAB, "glagent-", URL, 50, 80, MIX50) \
    X(SLACK, "xoxb-", URL, 24, 180, MIX24) \
    X(SLACK, "xoxp-", URL, 24, 180, MIX24) \
    X(SLACK, "xoxa-", URL, 24, 180, MIX24) \
    X(SLACK, "xoxr-", URL, 24, 180, MIX24) \
    X(SLACK, "xoxs-", URL, 24, 180, MIX24) \
    X(SLACK, "xoxe-", URL, 24, 180, MIX24) \
    X(SLACK, "xapp-", URL, 24, 180, MIX24) \
    X(SLACK, "hooks.slack.com/services/T", BASE64, 40, 60, MIX40) \
    X(STRIPE, "sk_live_", ALNUM, 20, 110, MIX20) \
    X(STRIPE, "rk_live_", ALNUM, 20, 110, MIX20) \
    X(STRIPE, "sk_test_", ALNUM, 20, 110, MIX20) \
    X(STRIPE, "rk_test_", ALNUM, 20, 110, MIX20) \
    X(STRIPE, "whsec_", BASE64, 32, 64, MIX32) \
    X(TWILIO, "SK", HEX, 32, 32, HEX32) \
    X(SENDGRID, "SG.", DOTS, 66, 66, MIX66) \
    X(MAILGUN, "key-", HEX, 32, 32, HEX32) \
    X(OPENAI, "sk-proj-", URL, 40, 180, MIX40) \
    X(OPENAI, "sk-svcacct-", URL, 40, 180, MIX40) \
    X(OPENAI, "sk-admin-", URL, 40, 180, MIX40) \
    X(OPENAI, "sk-", ALNUM, 32, 64, MIX40) \
    X(ANTHROPIC, "sk-ant-", URL, 40, 180, MIX40) \
    X(OPENROUTER, "sk-or-v1-", HEX, 64, 64, HEX64) \
    X(LANGFUSE, "sk-lf-", URL, 36, 36, MIX36) \
    X(HUGGING_FACE, "hf_", ALNUM, 30, 40, MIX30) \
    X(HUGGING_FACE, "api_org_", ALNUM, 34, 34, MIX34) \
    X(NPM, "npm_", ALNUM, 36, 36, MIX36) \
    X(PYPI, "pypi-AgEIcHlwaS5vcmc", URL, 50, 220, MIX50) \
    X(DOCKER, "dckr_pat_", URL, 27, 32, MIX27) \
    X(DOCKER, "dckr_oat_", URL, 27, 40, MIX27) \
    X(DIGITALOCEAN, "dop_v1_", HEX, 64, 64, HEX64) \
    X(DIGITALOCEAN, "doo_v1_", HEX, 64, 64, HEX64) \
    X(DIGITALOCEAN, "dor_v1_", HEX, 64, 64, HEX64) \
    X(HEROKU, "HRKU-", URL, 36, 70, MIX36) \
    X(SHOPIFY, "shpat_", HEX, 32, 32, HEX32) \
    X(SHOPIFY, "shpss_", HEX, 32, 32, HEX32) \
    X(SHOPIFY, "shpca_", HEX, 32, 32, HEX32) \
    X(SHOPIFY, "shppa_", HEX, 32, 32, HEX32) \
    X(SQUARE, "sq0atp-", URL, 22, 22, MIX22) \
    X(SQUARE, "sq0csp-", URL, 43, 43, MIX43) \
    X(SQUARE, "EAAA", URL, 60, 60, MIX60) \
    X(PAYPAL, "access_token$production$", DOTS, 49, 49, MIX49) \
    X(FACEBOOK, "EAACEdEose0cBA", ALNUM, 20, 180, MIX20) \
    X(FACEBOOK, "EAAB", ALNUM, 80, 180, MIX80) \
    X(FACEBOOK, "EAAG", ALNUM, 80, 180, MIX80) \
    X(TWITTER, "AAAAAAAAAAAAAAAAAAAAA", BASE64, 60, 120, MIX60) \
    X(ATLASSIAN, "ATATT3", BASE64, 150, 220, MIX150) \
    X(ATLASSIAN, "ATCTT3", BASE64, 150, 220, MIX150) \
    X(ATLASSIAN, "ATBB", ALNUM, 28, 40, MIX28) \
    X(DATADOG, "ddapi_", ALNUM, 32, 40, MIX32) \
    X(NEW_RELIC, "NRAK-", UPPER, 27, 27, UP27) \
    X(NEW_RELIC, "NRII-", URL, 32, 32, MIX32) \
    X(NEW_RELIC, "NRJS-", HEX, 19, 19, HEX19) \
    X(GRAFANA, "glsa_", WORD, 41, 41, MIX41) \
    X(GRAFANA, "glc_", BASE64, 32, 250, MIX32) \
    X(DATABRICKS, "dapi", HEX, 32, 32, HEX32) \
    X(TERRAFORM, ".atlasv1.", URL, 60, 70, MIX60) \
    X(VAULT, "hvs.", URL, 24, 180, MIX24) \
    X(VAULT, "hvb.", URL, 100, 220, MIX100) \
    X(LINEAR, "lin_api_", ALNUM, 40, 40, MIX40) \
    X(LINEAR, "lin_oauth_", HEX, 64, 64, HEX64) \
    X(NOTION, "ntn_", ALNUM, 40, 50, MIX40) \
    X(NOTION, "secret_", ALNUM, 43, 43, MIX43) \
    X(POSTMAN, "PMAK-", URL, 59, 59, MIX59) \
    X(DOPPLER, "dp.pt.", ALNUM, 40, 44, MIX40) \
    X(DOPPLER, "dp.st.", DOTS, 40, 80, MIX40) \
    X(DOPPLER, "dp.ct.", ALNUM, 40, 44, MIX40) \
    X(AGE_KEY, "AGE-SECRET-KEY-1", UPPER, 58, 58, UP58) \
    X(SUPABASE, "sbp_", HEX, 40, 40, HEX40) \
    X(SUPABASE, "sb_secret_", URL, 22, 60, MIX22) \
    X(VERCEL, "vck_", ALNUM, 24, 80, MIX24) \
    X(NETLIFY, "nfp_", ALNUM, 36, 40, MIX36) \
    X(GROQ, "gsk_", ALNUM, 48, 56, MIX48) \
    X(REPLICATE, "r8_", ALNUM, 37, 40, MIX37) \
    X(PERPLEXITY, "pplx-", ALNUM, 40, 56, MIX40) \
    X(XAI, "xai-", ALNUM, 70, 90, MIX70) \
    X(PULUMI, "pul-", HEX, 40, 40, HEX40) \
    X(PLANETSCALE, "pscale_tkn_", DOTS, 32, 64, MIX32) \
    X(PLANETSCALE, "pscale_pw_", DOTS, 32, 64, MIX32) \
    X(SENTRY, "sntrys_", BASE64, 80, 240, MIX80) \
    X(SENTRY, "sntryu_", HEX, 64, 64, HEX64) \
    X(DYNATRACE, "dt0c01.", DOTS, 88, 90, MIX88) \
    X(FIGMA, "figd_", URL, 38, 46, MIX38) \
    X(RUBYGEMS, "rubygems_", HEX, 48, 48, HEX48) \
    X(CLOJARS, "CLOJARS_", ALNUM, 60, 60, MIX60) \
    X(ARTIFACTORY, "AKCp", ALNUM, 69, 73, MIX69) \
    X(ADAFRUIT, "aio_", ALNUM, 28, 28, MIX28) \
    X(BREVO, "xkeysib-", URL, 81, 81, MIX81) \
    X(TYPEFORM, "tfp_", DOTS, 59, 64, MIX59) \
    X(SHIPPO, "shippo_live_", HEX, 40, 40, HEX40) \
    X(EASYPOST, "EZAK", ALNUM, 54, 54, MIX54) \
    X(FLUTTERWAVE, "FLWSECK-", URL, 32, 60, MIX32) \
    X(RAZORPAY, "rzp_live_", ALNUM, 14, 24, MIX14) \
    X(CONTENTFUL, "CFPAT-", URL, 43, 43, MIX43) \
    X(README, "rdme_", ALNUM, 70, 72, MIX70) \
    X(PREFECT, "pnu_", ALNUM, 36, 36, MIX36) \
    X(LANGSMITH, "lsv2_pt_", WORD, 43, 44, MIX43) \
    X(PINECONE, "pcsk_", WORD, 60, 75, MIX60) \
    X(TAILSCALE, "tskey-", URL, 24, 80, MIX24) \
    X(INFRACOST, "ico-", ALNUM, 32, 32, MIX32) \
    X(BUILDKITE, "bkua_", HEX, 40, 40, HEX40) \
    X(CIRCLECI, "CCIPAT_", URL, 40, 70, MIX40) \
    X(SONARQUBE, "sqp_", HEX, 40, 40, HEX40) \
    X(SONARQUBE, "squ_", HEX, 40, 40, HEX40) \
    X(ALIBABA, "LTAI", ALNUM, 16, 20, MIX16) \
    X(TENCENT, "AKID", ALNUM, 32, 32, MIX32) \
    X(YANDEX, "AQVN", URL, 36, 36, MIX36) \
    X(ONEPASSWORD, "ops_eyJ", BASE64, 200, 255, MIX200) \
    X(CLOUDFLARE, "v1.0-", URL, 160, 190, MIX160) \
    X(FLY, "FlyV1 fm2_", BASE64, 100, 255, MIX100) \
    X(DISCORD, "discord.com/api/webhooks/", BASE64, 70, 110, MIX70) \
    X(DISCORD, "discordapp.com/api/webhooks/", BASE64, 70, 110, MIX70) \
    X(MAPBOX, "sk.eyJ", DOTS, 60, 200, MIX60) \
    X(PAGERDUTY, "pdus+_0", URL, 24, 60, MIX24) \
    X(OKTA, "SSWS 00", URL, 40, 40, MIX40) \
    X(LINKEDIN, "WPL_AP1.", DOTS, 20, 60, MIX20) \
    X(BRAINTREE, "access_token$sandbox$", DOTS, 49, 49, MIX49) \
    X(SLACK, "xoxc-", URL, 24, 180, MIX24) \
    X(SLACK, "xoxd-", BASE64, 24, 250, MIX24) \
    X(GITLAB, "gloas-", URL, 20, 80, MIX40) \
    X(GITLAB, "glft-", URL, 20, 64, MIX20) \
    X(GITLAB, "glimt-", URL, 20, 64, MIX20) \
    X(GITLAB, "glffct-", URL, 20, 64, MIX20) \
    X(GOOGLE, "1//0", URL, 40, 120, MIX60) \
    X(LANGSMITH, "lsv2_sk_", WORD, 43, 44, MIX43) \
    X(ARTIFACTORY, "cmVmdGtuOj", ALNUM, 54, 54, MIX54) \
    X(NVIDIA, "nvapi-", URL, 60, 80, MIX66) \
    X(SOURCEGRAPH, "sgp_", WORD, 40, 60, HEX40) \
    X(POSTHOG, "phx_", ALNUM, 40, 60, MIX43) \
    X(HUBSPOT, "pat-na1-", URL, 36, 36, "9f3a7c1e-b5d2-4846-9e1f-a93c20d4b86a") \
    X(HUBSPOT, "pat-eu1-", URL, 36, 36, "9f3a7c1e-b5d2-4846-9e1f-a93c20d4b86a") \
    X(TAVILY, "tvly-", URL, 32, 60, MIX32) \
    X(JINA, "jina_", ALNUM, 60, 60, MIX60) \
    X(DROPBOX, "sl.", URL, 130, 255, MIX150) \
    X(MONGODB, "mdb_sa_sk_", URL, 32, 64, MIX40) \
    X(NEON, "napi_", ALNUM, 60, 70, MIX66) \
    X(CEREBRAS, "csk-", ALNUM, 48, 48, MIX48) \
    X(BITBUCKET, "BBDC-", BASE64, 44, 44, MIX43 "q")

static const bawn_pattern patterns[] = {
#define X(name, prefix, signs, min, max, rest) { prefix, K_##name, BAWN_P_TRIGGER | BAWN_P_LITERAL | BAWN_P_CASE, 0.95f, "*", \
    "use " prefix rest " for it", "use " prefix " as the prefix" },
TOKENS(X)
#undef X
};

const bawn_secret_form bawn_secret_forms[] = {
#define X(name, prefix, signs, min, max, rest) { BAWN_SIGNS_##signs, min, max },
TOKENS(X)
#undef X
};

/* In characters apart there are no words: a token may begin and end anywhere, if it has a digit for each end that is none, as joined
 * prose ("Slovakia" in capitals) has not. */
static bool stands_alone(bawn_probe *p, size_t begin, size_t *end, const bawn_secret_form *f)
{
    bool before = begin > 0 && bawn_is_alnum((unsigned char)p->text.ptr[begin]) && bawn_is_alnum((unsigned char)p->text.ptr[begin - 1]) &&
                  !bawn_text_behind_sequence(p->text, begin);
    bool behind = *end - p->end > f->max || bawn_secret_sign(BAWN_SIGNS_ALNUM, bawn_probe_at(p, *end));
    if (!before && !behind)
        return true;
    if (*end - p->end > f->max)
        *end = p->end + f->max;
    return p->view == BAWN_VIEW_LETTERS && bawn_probe_digits(p, p->end, *end, NULL, 0) >= (size_t)before + (size_t)behind;
}

/* Behind the ids of a workspace or a hook, that are digits only: what is random. */
static bawn_slice behind_ids(bawn_slice rest)
{
    size_t from = 0;
    for (size_t i = 0; i < rest.len && (bawn_is_digit((unsigned char)rest.ptr[i]) || (i > from && (rest.ptr[i] == '-' || rest.ptr[i] == '/'))); i++)
        if (!bawn_is_digit((unsigned char)rest.ptr[i]))
            from = i + 1;
    return rest.len - from >= 16 ? bawn_slice_of(rest.ptr + from, rest.len - from) : rest;
}

static void confirm(bawn_probe *p)
{
    const bawn_secret_form *f = &bawn_secret_forms[p->pattern - patterns];
    size_t begin = p->end - strlen(p->pattern->regex), end = bawn_secret_run(p, p->end, f->signs, f->max);

    if (f->signs == BAWN_SIGNS_DOTS)        /* a full stop behind belongs to the sentence */
        while (end > p->end && p->text.ptr[end - 1] == '.')
            end--;
    if (end - p->end < f->min || !stands_alone(p, begin, &end, f))
        return;
    bawn_slice rest = behind_ids(bawn_slice_of(p->text.ptr + p->end, end - p->end));
    if (bawn_secret_entropy(rest) >= 2.8 && !bawn_secret_is_placeholder(rest))
        bawn_probe_found(p, p->pattern->kind, begin, end, p->pattern->score);
}

static void scan(bawn_probe *p) { bawn_secret_disguised(p, K_JWT); }

const bawn_guard bawn_guard_secrets_tokens = {
    .guard = "secrets", .id = "secrets.tokens",
    .doc = "Keys and tokens of some ninety providers by prefix, signs and length, backwards too, and in other letters those that survive "
           "it (one case, hexadecimal); placeholders of manuals are let pass.",
    .places = BAWN_IN_ALL, .views = BAWN_SECRET_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
    .scan = scan, .scan_flags = BAWN_TEXT_RUN,
};
