<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Log in')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:if test="form/@refused">
      <p class="notice wrong" role="alert"><xsl:value-of select="t:t('Identifier and code do not fit together. Please look at both again.')"/></p>
    </xsl:if>
    <xsl:if test="form/@wait-minutes">
      <p class="notice wrong" role="alert"><xsl:value-of select="t:n('Too many wrong codes. Please try again in %1 minute.', 'Too many wrong codes. Please try again in %1 minutes.', form/@wait-minutes)"/></p>
    </xsl:if>
    <xsl:if test="form/@unknown-certificate">
      <p class="notice wrong" role="alert"><xsl:value-of select="t:t('This certificate is bound to no account. The municipality binds it when you show it there.')"/></p>
    </xsl:if>
    <xsl:if test="form/@certificate">
      <form class="card" method="post" action="/login/certificate">
        <input type="hidden" name="csrf" value="{form/@csrf}"/>
        <input type="hidden" name="back" value="{form/@back}"/>
        <p class="hint"><xsl:value-of select="t:t('Your browser has shown a certificate (SHA-256 %1…).', substring(form/@certificate, 1, 16))"/></p>
        <button type="submit"><xsl:value-of select="t:t('Log in with the certificate')"/></button>
      </form>
    </xsl:if>
    <form class="card" method="post" action="/login">
      <input type="hidden" name="csrf" value="{form/@csrf}"/>
      <input type="hidden" name="back" value="{form/@back}"/>
      <div>
        <label for="identifier"><xsl:value-of select="t:t('Identifier')"/></label>
        <input id="identifier" name="identifier" type="text" required="required" maxlength="63" autocomplete="username" autocapitalize="none" spellcheck="false" value="{form/@identifier}" aria-describedby="identifier-hint"/>
        <p class="hint" id="identifier-hint"><xsl:value-of select="t:t('Personal number, company number, register number or user name')"/></p>
      </div>
      <div>
        <label for="code"><xsl:value-of select="t:t('Code')"/></label>
        <input id="code" name="code" type="password" required="required" maxlength="128" autocomplete="current-password" aria-describedby="code-hint"/>
        <p class="hint" id="code-hint"><xsl:value-of select="t:t('The unique code that the municipality gave you')"/></p>
      </div>
      <div>
        <label for="one-time"><xsl:value-of select="t:t('One-time code')"/></label>
        <input id="one-time" name="one-time" type="text" inputmode="numeric" maxlength="15" autocomplete="one-time-code" aria-describedby="one-time-hint"/>
        <p class="hint" id="one-time-hint"><xsl:value-of select="t:t('Six digits from your device, once it is enrolled')"/></p>
      </div>
      <button type="submit"><xsl:value-of select="t:t('Log in')"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
